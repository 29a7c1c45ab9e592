import { addYears } from '#kernel/period.ts'

const windowYears = 3

/**
 * Whether an incident lies in the three years before the day of the application (R34, 近3年). A day
 * exactly three years back still counts: in doubt the window is closed, not open. Pure.
 */
export function isWithinIncidentWindow(
  input: Readonly<{ lastIncidentOn: string | null; appliedOn: string }>,
): boolean {
  return (
    input.lastIncidentOn !== null && addYears(input.lastIncidentOn, windowYears) >= input.appliedOn
  )
}
