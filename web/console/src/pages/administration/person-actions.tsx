/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { ActMenu } from '#web/console/src/parts/act-menu.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'
import { people as peopleWords } from '#web/shared/words/people.ts'

export type Person = AnswerOf<Awaited<ReturnType<typeof api.v1.people.$get>>>['items'][number]
/** What a person is about to be made. */
export type PersonChange = Readonly<{ person: Person; to: 'active' | 'suspended' | 'removed' }>

/** Where a person stands: locked is an active one who gave too many wrong passwords. */
export function stateOf(person: Person): string {
  const isLocked = person.locked_until && new Date(person.locked_until) > new Date()
  return person.status === 'active' && isLocked ? 'locked' : person.status
}

export function organizationsOf(person: Person): string {
  return [...new Set(person.memberships.map((each) => each.organization_name))].join('、')
}

/** What may be done about a person: unlock at once, the rest by a dialog. */
export function PersonActions(
  props: Readonly<{ person: Person; change: (change: PersonChange) => void }>,
) {
  const { person, change } = props
  const w = useWords(peopleWords)
  const may = useMay()
  const me = useMe()
  const { act, isBusy } = useAction()
  if (person.id === me.person_id || person.status === 'removed') return null
  const acts = [
    stateOf(person) === 'locked' && may('person:unlock')
      ? {
          key: 'unlock',
          label: w.unlock,
          act: () =>
            void act(w.unlocked, () =>
              ask(api.v1.people[':id'].unlock.$post({ param: { id: person.id } })),
            ),
        }
      : null,
    person.status === 'active' && may('person:suspend')
      ? {
          key: 'suspend',
          label: w.suspend,
          act: () => change({ person, to: 'suspended' as const }),
        }
      : null,
    person.status === 'suspended' && may('person:suspend')
      ? { key: 'resume', label: w.resume, act: () => change({ person, to: 'active' as const }) }
      : null,
    may('person:remove')
      ? {
          key: 'remove',
          label: w.remove,
          danger: true,
          act: () => change({ person, to: 'removed' as const }),
        }
      : null,
  ].filter((item) => item !== null)
  if (acts.length === 0) return null
  return (
    <ActMenu acts={acts}>
      <Button size="small" loading={isBusy} aria-label={`${w.act} ${person.name}`}>
        {w.act}
      </Button>
    </ActMenu>
  )
}

/** The dialog that does it, with a reason. */
export function ChangeStatus({
  change,
  onClose,
}: Readonly<{ change: PersonChange; onClose: () => void }>) {
  const w = useWords(peopleWords)
  const queries = useQueryClient()
  const { person, to } = change
  const title = { active: w.resume, suspended: w.suspend, removed: w.remove }[to]
  return (
    <CheckAndSubmit
      title={title}
      danger={to !== 'active'}
      submitLabel={title}
      onClose={onClose}
      opinion={{ label: w.reason, required: true }}
      check={
        <>
          <Facts
            facts={[
              { label: w.name, value: person.name },
              { label: w.email, value: person.email },
              { label: w.organization, value: organizationsOf(person) },
            ]}
          />
          <p className="gap-above">{w.effect[to]}</p>
        </>
      }
      submit={async ({ opinion }) => {
        await ask(
          api.v1.people[':id'].status.$put({
            param: { id: person.id },
            json: { to, reason: opinion },
          }),
        )
        await queries.invalidateQueries({ queryKey: ['people'] })
      }}
    />
  )
}
