/** @jsxImportSource react */
import {
  ClockCircleOutlined,
  SafetyCertificateOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons'
import { Tag } from 'antd'
import { common } from '#web/shared/words/common.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { secondText } from './format.ts'

/** How final a number is (ux.md A0-1). */
export type Finality = 'live' | 'estimated' | 'billed' | 'settled'

const finalityNames: Record<Finality, Readonly<{ zh: string; en: string }>> = {
  live: { zh: '实时', en: 'Live' },
  estimated: { zh: '预估', en: 'Estimate' },
  billed: { zh: '已出账', en: 'Billed' },
  settled: { zh: '已结算', en: 'Settled' },
}
const finalityIcons = {
  live: <ThunderboltOutlined />,
  estimated: <ClockCircleOutlined />,
  billed: <SafetyCertificateOutlined />,
  settled: <SafetyCertificateOutlined />,
}

type AsOfProps = Readonly<{
  at: string | Date | null | undefined
  finality: Finality
  /** Older than this it says so by its colour; live data are at most five minutes old. */
  staleAfterMs?: number
}>

/** When the numbers beside it were true, and whether they can still change. */
export function AsOf({ at, finality, staleAfterMs = 5 * 60_000 }: AsOfProps) {
  const w = useWords(common)
  const { language } = useLanguage()
  const isStale =
    finality === 'live' && at && Date.now() - new Date(at).getTime() > staleAfterMs ? true : false
  return (
    <span className="as-of">
      <Tag
        icon={finalityIcons[finality]}
        color={isStale ? 'warning' : finality === 'estimated' ? 'processing' : 'default'}
      >
        {finalityNames[finality][language]}
      </Tag>
      {at ? <span className="quiet">{w.asOf(secondText(at))}</span> : null}
    </span>
  )
}
