import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import {
  listLineageStandings,
  listScenarioStandings,
  type VersionRecord,
} from './product.queries.ts'

/**
 * What must hold of a version's data whenever it goes a step towards the market or back to it:
 * resources in the published catalogue, not prohibited, under an authorization of this operator in
 * force now (R7, R17).
 *
 * @throws RESOURCE_PROHIBITED, RESOURCE_STOPPED, NOT_AUTHORIZED_RESOURCE naming the resources
 */
export async function requireSupportedLineage(
  tx: Tx,
  version: VersionRecord,
  at: Date,
): Promise<void> {
  const standings = await listLineageStandings(tx, { versionIds: [version.id], at })
  const prohibited = standings.filter((each) => each.isProhibited)
  if (prohibited.length > 0)
    throw new DomainError('RESOURCE_PROHIBITED', { codes: prohibited.map((each) => each.code) })
  const stopped = standings.filter((each) => each.isStopped)
  if (stopped.length > 0)
    throw new DomainError('RESOURCE_STOPPED', { codes: stopped.map((each) => each.code) })
  const unsupported = standings.filter((each) => !each.isPublished || !each.isAuthorized)
  if (unsupported.length > 0)
    throw new DomainError('NOT_AUTHORIZED_RESOURCE', {
      resources: unsupported.map(({ code, isPublished, isAuthorized }) => ({
        code,
        isPublished,
        isAuthorized,
      })),
    })
}

/**
 * A version's scenarios are its operator's own and name every resource it is made of, so that each
 * provider has been asked (R25).
 */
export async function requireOwnScenarios(tx: Tx, version: VersionRecord): Promise<void> {
  for (const each of await listScenarioStandings(tx, version.id)) {
    if (each.operatorId !== version.operatorId) throw new DomainError('NOT_FOUND')
    if (each.foreign > 0n) refuseValue('lineage', `outside_scenario_${each.code}`)
  }
}

/** Every scenario of the version is approved; throws SCENARIO_NOT_APPROVED naming those that are not. */
export async function requireApprovedScenarios(tx: Tx, version: VersionRecord): Promise<void> {
  const open = (await listScenarioStandings(tx, version.id)).filter(
    (each) => each.status !== 'approved',
  )
  if (open.length > 0)
    throw new DomainError('SCENARIO_NOT_APPROVED', { codes: open.map((each) => each.code) })
}
