/** What every made-up text of the demo city says, where a person sees it. */
export const sampleMark = '示例，非政策口径'
export const sampleMarkEn = 'Sample, not a policy figure'
