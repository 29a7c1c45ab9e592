/** The providers' data services that the simulator plays; each has a credential of its own. */
export const simulatedServices = [
  'housing-fund',
  'medical-insurance',
  'health-channels',
  'enterprise-risk',
  'tourism',
  /** Not a service but a role in the database itself; its credential is the password. */
  'parking-database',
] as const
export type SimulatedService = (typeof simulatedServices)[number]
