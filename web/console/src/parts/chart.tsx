/** @jsxImportSource react */
import { Button, Skeleton } from 'antd'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { charts as chartWords } from '#web/shared/words/charts.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import type { ChartProps } from './chart-canvas.tsx'

const Canvas = lazy(() => import('./chart-canvas.tsx').then((m) => ({ default: m.ChartCanvas })))

type FigureProps = ChartProps & Readonly<{ caption: string; extra?: ReactNode }>

/** A chart with its caption; the same numbers as a table are one click away and always there for readers. */
export function Chart({ caption, extra, ...chart }: FigureProps) {
  const w = useWords(chartWords)
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className="chart">
      <figcaption>
        <span>{caption}</span>
        <span className="section-extra">
          {extra}
          <Button size="small" type="link" onClick={() => setAsTable(!asTable)}>
            {asTable ? w.asChart : w.asTable}
          </Button>
        </span>
      </figcaption>
      {asTable ? null : (
        <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 260 }} />}>
          <Canvas {...chart} label={caption} />
        </Suspense>
      )}
      <div className={asTable ? 'chart-table' : 'unseen'}>
        <table>
          <caption className="unseen">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{chart.axis}</th>
              {chart.series.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {chart.labels.map((label, index) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {chart.series.map(({ name, values }) => (
                  <td key={name}>{values[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
