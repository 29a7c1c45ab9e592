/** @jsxImportSource react */
import { GlobalOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { Brand } from '#web/console/src/app/brand.tsx'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { common } from '#web/shared/words/common.ts'
import { session } from '#web/shared/words/session.ts'

/** What stands before the door: one form, and what the platform promises. */
export function Entrance(props: Readonly<{ title: string; lead: ReactNode; children: ReactNode }>) {
  const w = useWords(session)
  const c = useWords(common)
  const { language, choose } = useLanguage()
  useEffect(() => {
    document.title = `${props.title} · ${c.platform}`
  }, [props.title, c])
  return (
    <div className="entrance">
      <aside className="entrance-side">
        <Brand />
        <div>
          <p>{w.promise}</p>
          <ul className="entrance-chain" aria-hidden>
            {w.chain.split(' → ').map((link) => (
              <li key={link}>{link}</li>
            ))}
          </ul>
        </div>
        <div className="entrance-foot">{w.lead}</div>
      </aside>
      <main className="entrance-form">
        <div className="entrance-box">
          <div className="entrance-top">
            <Brand />
            <Button
              type="text"
              icon={<GlobalOutlined />}
              lang={language === 'zh' ? 'en' : 'zh-CN'}
              onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
            >
              {c.language}
            </Button>
          </div>
          <h1>{props.title}</h1>
          <div className="lead">{props.lead}</div>
          {props.children}
        </div>
      </main>
    </div>
  )
}
