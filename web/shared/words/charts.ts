import { words } from './words.ts'

export const charts = words({
  zh: { asTable: '查看数据表', asChart: '查看图表' },
  en: { asTable: 'Show as a table', asChart: 'Show as a chart' },
})
