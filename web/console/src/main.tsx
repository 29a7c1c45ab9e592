/** @jsxImportSource react */
import '@fontsource-variable/noto-sans-sc'
import './style.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { languageTag } from '#web/shared/words/words.ts'
import { ProblemError } from './api/problem.ts'
import { LanguageProvider, storedLanguage, useLanguage } from './app/language.tsx'
import { router } from './app/router.tsx'
import { meQuery } from './app/session.ts'
import { theme } from './app/theme.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal will be the same the next time; a lost connection may not.
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError),
    },
  },
})

// A session that ended while a page was open leads to the sign-in and back.
queries.getQueryCache().subscribe(({ type, query }) => {
  const isEnded =
    type === 'updated' &&
    query.state.error instanceof ProblemError &&
    query.state.error.problem.status === 401
  if (isEnded && query.queryKey[0] !== 'me')
    void queries.resetQueries({ queryKey: meQuery.queryKey })
})

function Console() {
  const { language } = useLanguage()
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
    >
      <App>
        <RouterProvider router={router} />
      </App>
    </ConfigProvider>
  )
}

document.documentElement.lang = languageTag(storedLanguage())
const place = document.getElementById('root')
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LanguageProvider>
          <Console />
        </LanguageProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
