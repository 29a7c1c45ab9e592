import { defineConfig } from 'vitest/config'

const sources =
  '{kernel,governance,metering,billing,oversight,api,jobs,migrations,web,demo,scripts,bench,tests}/**/*.test.{ts,tsx}'

export default defineConfig({
  test: {
    globalSetup: ['./tests/harness/global-setup.ts'],
    reporters: ['default', './tests/harness/reporter.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: [sources],
          exclude: ['**/node_modules/**', 'tests/{browser,faults}/**', '**/*.slow.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['**/*.slow.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'tests/{browser,faults}/**'],
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['tests/browser/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
