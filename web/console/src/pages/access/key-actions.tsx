/** @jsxImportSource react */
import { MoreOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { StopDialog } from '#web/console/src/pages/stops/stop-dialog.tsx'
import { ActMenu } from '#web/console/src/parts/act-menu.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Go } from '#web/console/src/parts/go.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import type { ApiKey, Subscription } from './access-queries.ts'
import { CapKey } from './cap-key.tsx'
import { keyMark, KeyMark } from './key-standing.tsx'
import { RotateKey } from './rotate-key.tsx'

/** What is about to be done with a key. */
export type Intent = Readonly<{ kind: 'revoke' | 'rotate' | 'suspend' | 'cap'; apiKey: ApiKey }>

/** What may be done with a key where it stands: the usual beside it, the rest one step away. */
export function KeyActions(props: Readonly<{ apiKey: ApiKey; intend: (intent: Intent) => void }>) {
  const w = useWords(buyerWords).keys
  const may = useMay()
  const { apiKey, intend } = props
  const { standing } = apiKey
  if (standing === 'revoked' || standing === 'expired') return null
  const isValid = standing !== 'suspended'
  const offer = (kind: Intent['kind'], danger = false) => ({
    key: kind,
    label: w[kind],
    danger,
    act: () => intend({ kind, apiKey }),
  })
  const rarer = [
    isValid && spends(apiKey) && may('api_key:cap') ? offer('cap') : null,
    isValid && may('api_key:suspend') ? offer('suspend') : null,
    may('api_key:revoke') ? offer('revoke', true) : null,
  ].filter((item) => item !== null)
  return (
    <div className="acts">
      {standing === 'active' && may('api_key:rotate') ? (
        <Button size="small" onClick={() => intend({ kind: 'rotate', apiKey })}>
          {w.rotate}
        </Button>
      ) : null}
      {isValid ? null : <Go to="/stops">{w.resume}</Go>}
      {rarer.length > 0 ? (
        <ActMenu acts={rarer}>
          <Button
            size="small"
            icon={<MoreOutlined />}
            aria-label={`${w.more} ${apiKey.name} ${keyMark(apiKey)}`}
          />
        </ActMenu>
      ) : null}
    </div>
  )
}

/** Only a live key that calls data spends anything. */
export function spends({ mode, scopes }: ApiKey): boolean {
  return mode === 'live' && scopes.includes('data:call')
}

/** The dialog that does it. */
export function ActOnKey(
  props: Readonly<{
    intent: Intent
    subscriptions: readonly Subscription[]
    onClose: () => void
  }>,
) {
  const { intent, subscriptions, onClose } = props
  const { kind, apiKey } = intent
  if (kind === 'revoke') return <Revoke apiKey={apiKey} onClose={onClose} />
  if (kind === 'cap') return <CapKey apiKey={apiKey} onClose={onClose} />
  if (kind === 'rotate') {
    const bound = subscriptions.find((each) => each.subscription_id === apiKey.subscription_id)
    return <RotateKey apiKey={apiKey} subscription={bound} onClose={onClose} />
  }
  const { id, name } = apiKey
  const object = { kind: 'api_key', id, name, mark: keyMark(apiKey), owner_name: null } as const
  return <StopDialog object={object} onClose={onClose} />
}

function Revoke({ apiKey, onClose }: Readonly<{ apiKey: ApiKey; onClose: () => void }>) {
  const w = useWords(buyerWords).keys
  const queries = useQueryClient()
  return (
    <CheckAndSubmit
      title={w.revokeTitle}
      danger
      submitLabel={w.revoke}
      check={
        <>
          <Facts
            facts={[
              { label: w.name, value: apiKey.name },
              { label: w.key, value: <KeyMark apiKey={apiKey} /> },
              { label: w.mode, value: w[apiKey.mode] },
            ]}
          />
          <p className="gap-above">{w.revokeEffect}</p>
        </>
      }
      submit={async () => {
        await ask(api.v1['api-keys'][':id'].revocation.$post({ param: { id: apiKey.id } }))
        await queries.invalidateQueries({ queryKey: ['keys'] })
      }}
      onClose={onClose}
    />
  )
}
