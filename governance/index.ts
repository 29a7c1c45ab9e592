/** The only door into governance: verbs change, queries read. Shapes are in the areas' contract.ts. */
export type * from './organization/contract.ts'
export type * from './policy/contract.ts'
export type * from './operator/contract.ts'
export type * from './catalogue/contract.ts'
export type * from './scenario/contract.ts'
export type * from './product/contract.ts'
export type * from './upstream/contract.ts'
export type * from './entry/contract.ts'
export type * from './use-application/contract.ts'
export type * from './access-key/contract.ts'
export type * from './incident/contract.ts'
export type { Page, PageRequest } from './page.ts'

// Organizations and people
export { registerOrganization } from './organization/register-organization.ts'
export { addPerson } from './organization/add-person.ts'
export { grantRole } from './organization/grant-role.ts'
export { endRole } from './organization/end-role.ts'
export { changePersonStatus } from './organization/change-person-status.ts'
export { isRoleOfKind } from './organization/roles-of-kind.ts'
export { findOrganization } from './organization/organization.queries.ts'
export { listOrganizations } from './organization/list-organizations.ts'

// Policy register
export { registerPolicyDocument } from './policy/register-policy-document.ts'
export { listPolicyDocuments, listPublicPolicyDocuments } from './policy/list-policy-documents.ts'

// The operator's right
export { recordOperatorSelection } from './operator/record-operator-selection.ts'
export { draftAgreement } from './operator/draft-agreement.ts'
export { signAgreement } from './operator/sign-agreement.ts'
export { activateOperator } from './operator/activate-operator.ts'
export { grantAuthorization } from './operator/grant-authorization.ts'
export { revokeAuthorization } from './operator/revoke-authorization.ts'
export { listAuthorizations, listOperatorPages } from './operator/list-operators.ts'

// Catalogue
export { proposeResource } from './catalogue/propose-resource.ts'
export { opineOnResource } from './catalogue/opine-on-resource.ts'
export { setResourceOpening } from './catalogue/set-resource-opening.ts'
export { publishCatalogue } from './catalogue/publish-catalogue.ts'
export {
  findCatalogueVersion,
  listCatalogueVersions,
  listFields,
} from './catalogue/catalogue.queries.ts'
export { listResources } from './catalogue/list-resources.ts'

// Scenarios
export { draftScenario } from './scenario/draft-scenario.ts'
export { submitScenario } from './scenario/submit-scenario.ts'
export { opineOnScenario } from './scenario/opine-on-scenario.ts'
export { decideScenario } from './scenario/decide-scenario.ts'
export { listPublicScenarios, listScenarios } from './scenario/list-scenarios.ts'

// Products
export { draftProduct } from './product/draft-product.ts'
export { draftProductVersion } from './product/draft-product-version.ts'
export { submitForOutboundReview } from './product/submit-for-outbound-review.ts'
export { reviewOutbound } from './product/review-outbound.ts'
export { submitFiling } from './product/submit-filing.ts'
export { decideFiling } from './product/decide-filing.ts'
export { listProductVersion } from './product/list-product-version.ts'
export {
  cancelProductVersion,
  delistProduct,
  resumeProduct,
  suspendProduct,
} from './product/change-listing.ts'
export {
  type ProductContent,
  type ProductContentInput,
  type ProductParameter,
  type ProductResultRule,
  productContentSchema,
} from './product/content.ts'
export { type ChecklistItem, outboundChecklist } from './product/outbound-checklist.ts'
export {
  type ProductVersionMove,
  productVersionMoves,
  type ProductVersionStatus,
  productVersionStatuses,
} from './product/lifecycle.ts'
export { findProductPage, listProducts, type ProductFilter } from './product/market.queries.ts'
export { getProductVersion, listProductVersions } from './product/list-product-versions.ts'
export { proposeUpstream } from './upstream/propose-upstream.ts'
export { approveUpstream, listUpstreams } from './upstream/approve-upstream.ts'

// Buyers
export { applyForEntry } from './entry/apply-for-entry.ts'
export { decideEntry } from './entry/decide-entry.ts'
export { offerDevelopmentAgreement } from './entry/offer-development-agreement.ts'
export { signDevelopmentAgreement } from './entry/sign-development-agreement.ts'
export { entryDeclarations } from './entry/contract.ts'
export { listEntryApplications } from './entry/list-entry-applications.ts'
export { applyForUse } from './use-application/apply-for-use.ts'
export { decideUseApplication } from './use-application/decide-use-application.ts'
export { type UseTerms, useTermsSchema } from './use-application/terms.ts'
export { getApprovedUse } from './use-application/use-application.queries.ts'
export { listUseApplications } from './use-application/list-use-applications.ts'
export { createApiKey } from './access-key/create-api-key.ts'
export { rotateApiKey } from './access-key/rotate-api-key.ts'
export { capApiKey } from './access-key/cap-api-key.ts'
export { keyStanding } from './access-key/key-standing.ts'
export { findKeySubscription } from './access-key/access-key.queries.ts'
export { revokeApiKey } from './access-key/revoke-api-key.ts'
export { listApiKeys } from './access-key/list-api-keys.ts'

// Stops and their incidents
export { incidentLevels, stoppableKinds } from './incident/contract.ts'
export { stopAtOnce } from './incident/stop-at-once.ts'
export { resumeStopped } from './incident/resume-stopped.ts'
export { recordIncidentEntry } from './incident/record-incident-entry.ts'
export { closeIncident } from './incident/close-incident.ts'
export { listIncidents, readIncident } from './incident/list-incidents.ts'
export { listStoppable } from './incident/list-stoppable.ts'

// Notices
export { deliverNotice, type DeliverNotice } from './notice/deliver-notice.ts'
export { listNotices, markNoticesRead, type Notice } from './notice/list-notices.ts'
export { isAnnouncedKind } from './notice/recipients.ts'
