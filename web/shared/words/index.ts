import { accounts } from './accounts.ts'
import { bills } from './bills.ts'
import { buyer } from './buyer.ts'
import { charts } from './charts.ts'
import { common } from './common.ts'
import { corrections } from './corrections.ts'
import { market } from './market.ts'
import { navigation } from './navigation.ts'
import { notices } from './notices.ts'
import { people } from './people.ts'
import { prices } from './prices.ts'
import { reasons } from './reasons.ts'
import { registers } from './registers.ts'
import { sandbox } from './sandbox.ts'
import { seals } from './seals.ts'
import { session } from './session.ts'
import { site } from './site.ts'
import { steps } from './steps.ts'
import { stops } from './stops.ts'
import { terms } from './terms.ts'
import { usage } from './usage.ts'

/** Every area, for the test that reads all words. An area is imported from its own file. */
export const areas = {
  accounts,
  bills,
  buyer,
  charts,
  common,
  corrections,
  market,
  navigation,
  notices,
  people,
  prices,
  reasons,
  registers,
  sandbox,
  seals,
  session,
  site,
  steps,
  stops,
  terms,
  usage,
}
