/** @jsxImportSource react */
import { Dropdown, type MenuProps } from 'antd'
import type { ReactElement } from 'react'

export type Act = Readonly<{ key: string; label: string; danger?: boolean; act: () => void }>

/** What may be done, behind a button of its own; with the keyboard the first is at hand once it is open. */
export function ActMenu(props: Readonly<{ acts: readonly Act[]; children: ReactElement }>) {
  const items: MenuProps['items'] = props.acts.map(({ key, label, danger = false, act }) => ({
    ...{ key, label, danger },
    onClick: ({ domEvent }) => {
      // A dialog that Enter opens takes the focus at once: the same press would close it by its first button.
      domEvent.preventDefault()
      act()
    },
  }))
  return (
    <Dropdown menu={{ items }} trigger={['click']} autoFocus>
      {props.children}
    </Dropdown>
  )
}
