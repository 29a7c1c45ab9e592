import { problem } from './entry.ts'

/** Refusals about recorded usage: entries that were parked, and batches from our own jobs. */
export const usageProblems = {
  PARKED_ENTRY_MAY_BE_OURS: problem(
    409,
    'not_a_call',
    ['该滞留记录可能是本平台的计量记录', 'This parked entry may be an event of ours'],
    [
      '仅能证明并非本平台产生或已入库的记录可以废弃，其余请更正后重放。',
      'Only what is provably not ours, or stored already, may be discarded. Correct and replay the rest.',
    ],
  ),
  BATCH_SOURCE_NOT_ACTIVE: problem(
    403,
    'not_a_call',
    ['批次来源未登记、未批准或已撤销', 'This source is not registered, not approved or revoked'],
    [
      '请由系统管理员登记、安全管理员批准后再上报。',
      'Have it registered by the system administrator and approved by the security administrator.',
    ],
  ),
  BATCH_SIGNATURE_INVALID: problem(
    403,
    'not_a_call',
    ['批次签名无效', 'The signature of the batch is not valid'],
    [
      '请用登记的密钥对批次的规范 JSON 签名。',
      'Sign the canonical JSON of the batch with the registered key.',
    ],
  ),
  BATCH_OUT_OF_SEQUENCE: problem(
    409,
    'not_a_call',
    ['批次序号不连续', 'The sequence number of the batch is not the next one'],
    [
      '批次序号须逐一递增，请从 facts.expected 所示序号续报。',
      'Number batches without gaps; go on with the number in facts.expected.',
    ],
  ),
  BATCH_DIFFERS: problem(
    409,
    'not_a_call',
    ['同一序号的批次内容不同', 'A different batch was accepted under this sequence number'],
    [
      '已受理的批次不可更改；更正请走计量更正流程。',
      'An accepted batch stands. Ask the operator for a correction of usage.',
    ],
  ),
  BATCH_EVENT_REFUSED: problem(
    422,
    'not_a_call',
    ['批次中有不能受理的记录', 'The batch holds an event that cannot be accepted'],
    [
      '整批未受理。请按 facts 所示位置和原因更正后重新签名上报。',
      'Nothing of it was accepted. Correct the event named in facts, sign again and send it anew.',
    ],
  ),
} as const
