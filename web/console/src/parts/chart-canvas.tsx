/** @jsxImportSource react */
import { BarChart, LineChart } from 'echarts/charts'
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { chartColours } from '#web/console/src/app/theme.ts'

echarts.use([
  BarChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
])

export type Series = Readonly<{
  name: string
  kind: 'bar' | 'line'
  /** Decimal text; a float is good enough for the height of a bar. */
  values: readonly string[]
  stack?: string
}>
export type ChartProps = Readonly<{
  labels: readonly string[]
  /** What the labels are, e.g. "day". */
  axis: string
  series: readonly Series[]
  unit: string
  height?: number
  label?: string
}>

export function ChartCanvas({ labels, series, unit, height = 260, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<echarts.ECharts>(undefined)
  useEffect(() => {
    if (!box.current) return
    const made = echarts.init(box.current, undefined, { renderer: 'svg' })
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption(optionOf({ labels, series, unit }), { notMerge: true })
  }, [labels, series, unit])
  return <div ref={box} style={{ width: '100%', height }} role="img" aria-label={label} />
}

function optionOf({ labels, series, unit }: Pick<ChartProps, 'labels' | 'series' | 'unit'>) {
  return {
    color: chartColours,
    textStyle: { fontFamily: "'Noto Sans SC Variable', system-ui, sans-serif" },
    animationDuration: 250,
    aria: { enabled: true, decal: { show: series.length > 1 } },
    grid: { left: 8, right: 16, top: 34, bottom: 30, containLabel: true },
    legend: {
      show: series.length > 1,
      bottom: 0,
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 8,
      textStyle: { color: 'rgba(0,0,0,0.72)' },
    },
    tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'shadow' } },
    xAxis: {
      type: 'category',
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: '#d5dbe5' } },
      axisLabel: { color: 'rgba(0,0,0,0.68)', hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameTextStyle: { color: 'rgba(0,0,0,0.68)', align: 'left' },
      minInterval: unit === '元' || unit === 'CNY' ? 0 : 1,
      splitLine: { lineStyle: { color: '#eceff4' } },
      axisLabel: { color: 'rgba(0,0,0,0.68)' },
    },
    series: series.map(({ name, kind, values, stack }) => ({
      name,
      type: kind,
      data: values.map(Number),
      barMaxWidth: 26,
      symbolSize: 5,
      ...(kind === 'bar' ? { itemStyle: { borderRadius: stack ? 0 : [3, 3, 0, 0] } } : {}),
      ...(stack ? { stack } : {}),
    })),
  }
}
