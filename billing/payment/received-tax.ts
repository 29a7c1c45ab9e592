import { type Decimal } from '#kernel/decimal.ts'
import { type Money, splitTax, subtractMoney, sumMoney } from '#kernel/money.ts'
import { cutInSteps } from '#kernel/shares.ts'

/** What of a bill is taxed at one rate. */
export type TaxedPart = Readonly<{ taxRate: Decimal; grossFen: Money }>

/**
 * Net and tax of a part payment: net(received so far) − net(received before) (design.md section 5), so
 * that the parts of a bill paid bit by bit add up to its own net and tax. Money received counts towards
 * the parts of each rate in proportion, never less as it grows.
 */
export function netOfPart(
  parts: readonly TaxedPart[],
  received: Readonly<{ beforeFen: Money; partFen: Money }>,
): Readonly<{ netFen: Money; taxFen: Money }> {
  const after = netReceived(parts, sumMoney([received.beforeFen, received.partFen]))
  const netFen = subtractMoney(after, netReceived(parts, received.beforeFen))
  return { netFen, taxFen: subtractMoney(received.partFen, netFen) }
}

function netReceived(parts: readonly TaxedPart[], receivedFen: Money): Money {
  const charged = parts.filter((part) => part.grossFen > 0n)
  if (charged.length === 0) return receivedFen
  const cut = cutInSteps(
    receivedFen,
    charged.map((part) => part.grossFen as bigint),
  )
  return sumMoney(
    charged.map((part, index) => splitTax(cut[index] ?? part.grossFen, part.taxRate).net),
  )
}
