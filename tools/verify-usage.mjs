#!/usr/bin/env node
// 用量核验 · Verifies usage of the public-data operating platform offline: needs Node 20 or newer and
// nothing else, no network, none of the platform's code. Roots come from the published seals only.
// What the files are and how every digest is made: docs/verification.md.
/* oxlint-disable max-lines -- one file, so that whoever checks a bill can read all of what checks it */
import * as crypto from 'node:crypto'
import { createReadStream, readFileSync, realpathSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const usage = `
  node verify-usage.mjs --seals seals-2026-10.json --keys public-keys.json
    --receipts receipts.txt          usage receipts: header values, one a line, or JSON     计量回执
    --proof usage-proof-2026-10.jsonl  GET /v1/usage/proof?month=                           用量证明
    --calls calls-2026-10.csv          GET /v1/usage/calls.csv?month=                       调用明细
    --export usage-export-2026-10.jsonl  GET /v1/usage/export?month= (bureaus)              全市用量
    --lang zh|en   --summary (only what is wrong and the totals)   --own-sm3 (not OpenSSL's)
  --seals may be given several times (GET /v1/seals?month=); --keys is GET /v1/public-keys.
  0: everything holds · 1: something does not · 2: the files cannot be read.
`

// ---------------------------------------------------------------- digests

const state = { ownSm3: !crypto.getHashes().includes('sm3') }
const bytesOf = (text) => Buffer.from(text, 'utf8')

/** Of bytes, or of text as UTF-8. */
function digestBytes(algorithm, bytes) {
  if (algorithm === 'sm3' && state.ownSm3) return sm3(Buffer.from(bytes))
  if (algorithm !== 'sm3' && algorithm !== 'sha256') throw new Error(`unknown digest ${algorithm}`)
  if (crypto.hash) return crypto.hash(algorithm, bytes, 'buffer')
  return crypto.createHash(algorithm).update(bytes).digest()
}

const digestText = (algorithm, bytes) =>
  `${algorithm}:${digestBytes(algorithm, bytes).toString('hex')}`
const rotate = (word, by) => (word << (by % 32)) | (word >>> (32 - (by % 32)))

/** SM3 (GB/T 32905-2016), for a Node whose OpenSSL does not have it. */
export function sm3(bytes) {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, padded.length - 8)
  let v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600]
  v.push(0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e)
  const w = new Int32Array(68)
  for (let at = 0; at < padded.length; at += 64) {
    for (let j = 0; j < 16; j++) w[j] = padded.readInt32BE(at + j * 4)
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)
      w[j] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[j - 13], 7) ^ w[j - 6]
    }
    let [a, b, c, d, e, f, g, h] = v
    for (let j = 0; j < 64; j++) {
      const early = j < 16
      const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7)
      const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)
      const gg = early ? e ^ f ^ g : (e & f) | (~e & g)
      const tt1 = (ff + d + (ss1 ^ rotate(a, 12)) + (w[j] ^ w[j + 4])) | 0
      const tt2 = (gg + h + ss1 + w[j]) | 0
      ;[d, c, b, a] = [c, rotate(b, 9), a, tt1]
      ;[h, g, f, e] = [g, rotate(f, 19), e, tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17)]
    }
    v = [a, b, c, d, e, f, g, h].map((word, index) => word ^ v[index])
  }
  const result = Buffer.alloc(32)
  v.forEach((word, index) => result.writeInt32BE(word | 0, index * 4))
  return result
}

/** RFC 8785 for what we have: text, whole numbers, true, false, null, lists and plain objects. */
export function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (isPlain(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

/** Flat and in order already, as whatever the platform wrote is: then it need not be sorted again. */
function isPlain(value) {
  let last = ''
  for (const key in value) {
    const member = value[key]
    if (key < last || (typeof member === 'object' && member !== null)) return false
    last = key
  }
  return true
}

// ---------------------------------------------------------------- Merkle trees (RFC 6962)

// The mark of a leaf is the byte 0, which is also the character 0 in UTF-8.
const leafHash = (algorithm, text) => digestBytes(algorithm, `\0${text}`)

const pair = Buffer.alloc(65)
pair[0] = 1
function nodeHash(algorithm, left, right) {
  pair.set(left, 1)
  pair.set(right, 33)
  return digestBytes(algorithm, pair)
}

function growingTree(algorithm) {
  const full = []
  return {
    add(text) {
      let top = { width: 1, node: leafHash(algorithm, text) }
      while (full.length > 0 && full.at(-1).width === top.width)
        top = { width: top.width * 2, node: nodeHash(algorithm, full.pop().node, top.node) }
      full.push(top)
    },
    root() {
      if (full.length === 0) return digestText(algorithm, Buffer.alloc(0))
      const top = full
        .map((each) => each.node)
        .reduceRight((right, left) => nodeHash(algorithm, left, right))
      return `${algorithm}:${top.toString('hex')}`
    },
  }
}

const digestForm = /^(?:sm3|sha256):[0-9a-f]{64}$/

function isUnder(root, text, proof) {
  const { algorithm, index, size, path } = proof ?? {}
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || !Array.isArray(path))
    return false
  if (index < 0 || index >= size || (algorithm !== 'sm3' && algorithm !== 'sha256')) return false
  let node = leafHash(algorithm, text)
  let used = 0
  for (let at = index, width = size; width > 1; at = Math.floor(at / 2)) {
    if ((at ^ 1) < width) {
      const said = path[used++]
      if (!digestForm.test(said) || !said.startsWith(`${algorithm}:`)) return false
      const sibling = Buffer.from(said.slice(algorithm.length + 1), 'hex')
      node = at % 2 === 1 ? nodeHash(algorithm, sibling, node) : nodeHash(algorithm, node, sibling)
    }
    width = Math.ceil(width / 2)
  }
  return used === path.length && `${algorithm}:${node.toString('hex')}` === root
}

// ---------------------------------------------------------------- keys, signatures, receipts

export function readKeys(text) {
  const keys = new Map()
  for (const { key_id: keyId, purpose, public_key: x } of JSON.parse(text).keys) {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x }
    keys.set(keyId, { purpose, key: crypto.createPublicKey({ key: jwk, format: 'jwk' }) })
  }
  return keys
}

function isSigned(keys, purpose, text, signature) {
  const [, keyId, value] = /^ed25519:([a-z0-9-]+):([A-Za-z0-9_-]{86})$/.exec(signature) ?? []
  const found = keys.get(keyId)
  if (found?.purpose !== purpose) return false
  return crypto.verify(null, bytesOf(text), found.key, Buffer.from(value, 'base64url'))
}

/**
 * Receipts as a JSON list or file, or one a line: values of `x-usage-receipt`, or answers of
 * GET /v1/calls/{id}/receipt.
 */
export function readReceipts(text) {
  const trimmed = text.trim()
  const read = (one) => {
    if (typeof one === 'string' && one.startsWith('{')) return read(JSON.parse(one))
    if (typeof one !== 'string') return one.receipt === undefined ? one : read(one.receipt)
    return JSON.parse(Buffer.from(one.replace(/^.*[:\s]/, ''), 'base64url').toString('utf8'))
  }
  const whole = /^[[{]/.test(trimmed) ? parsed(trimmed) : undefined
  const given = whole ?? trimmed.split(/\r?\n/).filter(Boolean)
  return (Array.isArray(given) ? given : (given.receipts ?? [given])).map(read)
}

function parsed(json) {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** What is signed. A receipt made later from the record says so in another kind of text. */
function signedText({ root, proof, fromRecord }) {
  if (fromRecord === undefined)
    return canonical({ kind: 'usage-receipts', root, size: proof?.size })
  const { recordedAt, signedAt } = fromRecord
  const kind = 'usage-receipt-of-record'
  return canonical({ kind, recordedAt, root, signedAt, size: proof?.size })
}

/** Whether a receipt is the platform's and unchanged. `known` keeps what was said of each signed root. */
export function isGenuine(receipt, keys, known) {
  const { facts, proof, root, signature } = receipt
  const signed = signedText(receipt)
  const name = `${signature} ${signed}`
  let holds = known.get(name)
  if (holds === undefined) {
    holds = isSigned(keys, 'receipt', signed, signature)
    known.set(name, holds)
  }
  return holds && isUnder(root, canonical(facts), proof)
}

// ---------------------------------------------------------------- what is found

const text = {
  zh: {
    title: '用量核验',
    fault: '不符',
    note: '提示',
    ok: '一致',
    day: (at) =>
      `${at.day} 产品 ${at.product}${Number(at.supplement) > 0 ? ` 补封 ${at.supplement}` : ''}`,
    sealDigest: () => '公布的封存内容与其摘要不符',
    sealSignature: () => '公布的封存签名无效',
    sealTwice: () => '同一产品同一日有两份不同的封存',
    chain: (f) => `封存链断开：第 ${f.sequence} 份未接上前一份`,
    chainBegins: (f) => `链从第 ${f.sequence} 份起核验；更早月份的封存未提供`,
    notPublished: () => '文件中的封存不在公布的封存之中',
    sealNotGiven: () => '公布了封存，导出文件中却没有',
    subtree: (f) =>
      `${f.owner} 的记录与封存不符（${f.events} 条，封存为 ${f.sealed} 条）：有记录被改动、删除或添加`,
    path: (f) => `${f.owner} 的子树不在公布的根之下`,
    root: () => '所有子树合起来不是公布的根，或条数不符',
    stray: (f) => `记录 ${f.event} 不属于它所在的子树，或次序不对`,
    cut: () => '文件不完整：缺结尾，或条数与结尾不符',
    forged: (f) => `回执 ${f.event} 不是本平台签发，或被改动`,
    receiptMissing: (f) => `回执 ${f.event} 的调用不在封存中：记录缺失`,
    differs: (f) => `调用 ${f.event} 与封存的记录不符：${f.fields}`,
    forYou: (f) => `调用 ${f.event} 按重复请求入账，未计费（回执上为计费）`,
    open: (f) => `调用 ${f.event} 当日尚未封存，稍后再核`,
    rowAdded: (f) => `明细中的调用 ${f.event} 不在封存中：多出的记录`,
    rowMissing: (f) => `封存中的调用 ${f.event} 不在明细中：缺失的记录`,
    rowTwice: (f) => `明细中的调用 ${f.event} 出现两次`,
    noProof: () => '未提供用量证明（--proof），只核验回执真伪，未核验是否入封存',
    receipt: (f) =>
      `回执 ${f.event} 真实${f.signedAt ? `（${f.signedAt} 依入库记录补签）` : ''}，${f.sealed ? '已入当日封存' : '未核封存'}，${f.charge}`,
    call: (f) => `调用 ${f.event} 已入当日封存，${f.charge}`,
    charged: (price) => `计费${price ? `，单价 ${price} 元` : ''}`,
    free: (reason) => `不计费（${reason}）`,
    seals: (n) => `公布的封存 ${n} 份：摘要、签名、链条`,
    archive: (n) =>
      `封存中的记录 ${n.leaves} 条，${n.subtrees} 棵子树，${n.seals} 份封存；计次 ${n.attempts}，计费 ${n.billed}`,
    receipts: (n) => `回执 ${n.receipts} 份，签名 ${n.signatures} 个`,
    calls: (n) => `明细 ${n.rows} 条：计次 ${n.attempts}，计费 ${n.billed}`,
    reasons: (list) => `不计费原因：${list}`,
    price: (p) =>
      `价格 ${p.number}：计费 ${p.calls} 次，${p.quantity} ${p.unit} × ${p.unitPrice} 元 = ${p.yuan} 元（未舍入）`,
    verdict: (n) => (n === 0 ? '核验通过：全部一致' : `核验不通过：${n} 处不符`),
  },
  en: {
    title: 'Usage verification',
    fault: 'WRONG',
    note: 'note',
    ok: 'ok',
    day: (at) =>
      `${at.day} product ${at.product}${Number(at.supplement) > 0 ? ` supplement ${at.supplement}` : ''}`,
    sealDigest: () => 'the published seal does not have its digest',
    sealSignature: () => 'the published seal is not signed by a seal key of the platform',
    sealTwice: () => 'two different seals of one product-day',
    chain: (f) => `the chain is broken: seal ${f.sequence} does not follow the one before it`,
    chainBegins: (f) =>
      `the chain is checked from seal ${f.sequence} on; earlier months were not given`,
    notPublished: () => 'the file names a seal that is not among the published ones',
    sealNotGiven: () => 'a published seal is missing from the export',
    subtree: (f) =>
      `the events of ${f.owner} are not those sealed (${f.events}, sealed ${f.sealed}): one was changed, removed or added`,
    path: (f) => `the subtree of ${f.owner} is not under the published root`,
    root: () => 'all subtrees together do not make the published root, or the counts differ',
    stray: (f) => `event ${f.event} does not belong to its subtree, or is out of order`,
    cut: () => 'the file is not whole: its end is missing or counts something else',
    forged: (f) => `receipt ${f.event} was not signed by the platform, or was changed`,
    receiptMissing: (f) => `the call of receipt ${f.event} is not in the seal: it is missing`,
    differs: (f) => `call ${f.event} is not what was sealed: ${f.fields}`,
    forYou: (f) =>
      `call ${f.event} was recorded as a repeat and not charged (its receipt said charged)`,
    open: (f) => `the day of call ${f.event} is not sealed yet; verify again later`,
    rowAdded: (f) => `call ${f.event} of the list is not in the seal: it was added`,
    rowMissing: (f) => `sealed call ${f.event} is not in the list: it is missing`,
    rowTwice: (f) => `call ${f.event} stands twice in the list`,
    noProof: () =>
      'no --proof was given: receipts are checked for being genuine, not for being sealed',
    receipt: (f) =>
      `receipt ${f.event} is genuine${f.signedAt ? ` (signed ${f.signedAt} from the record)` : ''}, ${f.sealed ? 'in the seal of its day' : 'seal not checked'}, ${f.charge}`,
    call: (f) => `call ${f.event} is in the seal of its day, ${f.charge}`,
    charged: (price) => `charged${price ? ` at ${price} yuan a unit` : ''}`,
    free: (reason) => `not charged (${reason})`,
    seals: (n) => `${n} published seals: digests, signatures, chains`,
    archive: (n) =>
      `${n.leaves} sealed events in ${n.subtrees} subtrees of ${n.seals} seals; attempts ${n.attempts}, billed ${n.billed}`,
    receipts: (n) => `${n.receipts} receipts under ${n.signatures} signatures`,
    calls: (n) => `${n.rows} calls listed: attempts ${n.attempts}, billed ${n.billed}`,
    reasons: (list) => `not charged because: ${list}`,
    price: (p) =>
      `price ${p.number}: ${p.calls} calls charged, ${p.quantity} ${p.unit} × ${p.unitPrice} yuan = ${p.yuan} yuan (unrounded)`,
    verdict: (n) => (n === 0 ? 'Verified: everything holds' : `NOT verified: ${n} faults`),
  },
}

function newReport(lang, summary) {
  const w = text[lang]
  const say = (mark, at, name, facts) =>
    process.stdout.write(`${mark}  ${at ? `${w.day(at)}: ` : ''}${w[name](facts)}\n`)
  let faults = 0
  return {
    w,
    get faults() {
      return faults
    },
    fault(at, name, facts = {}) {
      faults += 1
      say(w.fault, at, name, facts)
    },
    note: (at, name, facts = {}) => say(w.note, at, name, facts),
    each: (at, name, facts) => (summary ? undefined : say(w.ok, at, name, facts)),
    total: (name, facts) => say('—', null, name, facts),
  }
}

// ---------------------------------------------------------------- published seals

const nameOf = (at) => `${at.day} ${at.product} ${at.supplement}`

function readSeals(files, keys, report) {
  const seals = new Map()
  for (const { content: signed, digest, signature } of files.flatMap((file) => file.seals)) {
    const content = JSON.parse(signed)
    const at = { day: content.day, product: content.productId, supplement: content.supplement }
    const before = seals.get(nameOf(at))
    if (before && before.digest !== digest) report.fault(at, 'sealTwice')
    if (digestText(content.algorithm, bytesOf(signed)) !== digest) report.fault(at, 'sealDigest')
    else if (!isSigned(keys, 'seal', signed, signature)) report.fault(at, 'sealSignature')
    seals.set(nameOf(at), { at, content, digest })
  }
  // Node 20 has no Map.groupBy.
  const products = new Set([...seals.values()].map((seal) => seal.at.product))
  for (const product of products)
    checkChain(
      [...seals.values()].filter((seal) => seal.at.product === product),
      report,
    )
  report.total('seals', seals.size)
  return seals
}

function checkChain(chain, report) {
  chain.sort((a, b) => Number(a.content.sequence) - Number(b.content.sequence))
  chain.forEach(({ at, content }, index) => {
    const before = chain[index - 1]
    const { sequence, previous } = content
    if (!before && sequence !== '1') return report.note(at, 'chainBegins', { sequence })
    const follows =
      previous === (before?.digest ?? null) &&
      Number(sequence) === Number(before?.content.sequence ?? 0) + 1
    if (!follows) report.fault(at, 'chain', { sequence })
  })
}

// ---------------------------------------------------------------- archive: a buyer's proof, or all

const counted = ['events', 'attempts', 'billed']
const nothing = () => ({ events: 0, attempts: 0, billed: 0 })
const isSame = (counts, said) => counted.every((each) => String(counts[each]) === said[each])
const dayOf = (instant) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10)
const ownerOf = (node) => `${node.ownerKind} ${node.ownerId}`

/** Takes a proof or an export line by line and holds it against the published seals. */
class Archive {
  constructor(seals, report, keepsCalls) {
    Object.assign(this, { seals, report, keepsCalls })
    /** Sealed calls by their event id, where something will be held against them. */
    this.calls = new Map()
    this.given = new Set()
    this.sum = { seals: 0, subtrees: 0, leaves: 0, attempts: 0, billed: 0 }
  }

  take(line) {
    if (line.kind === 'header') this.header = line
    else if (line.kind === 'seal') this.openSeal(line)
    else if (line.kind === 'subtree') this.openSubtree(line)
    else if (line.kind === 'leaf') this.takeLeaf(line.leaf)
    else if (line.kind === 'end') this.end = line
  }

  openSeal(line) {
    this.closeSeal()
    const at = { day: line.day, product: line.productId, supplement: line.supplement }
    const published = this.seals.get(nameOf(at))
    if (published?.digest !== line.digest || this.given.has(nameOf(at)))
      this.report.fault(at, 'notPublished')
    const content = published?.content ?? { algorithm: line.digest.split(':')[0] }
    this.seal = { at, content, counts: nothing(), nodes: growingTree(content.algorithm) }
    this.owners = new Set()
    this.given.add(nameOf(at))
    this.sum.seals += 1
  }

  openSubtree({ node, proof }) {
    this.closeSubtree()
    const { at, content, nodes } = this.seal
    const { buyerId } = this.header
    const isPlaced =
      proof?.algorithm === content.algorithm &&
      String(proof?.size) === content.subtrees &&
      isUnder(content.root, canonical(node), proof)
    const owner = `${ownerOf(node)} ${node.buyerId}`
    const isMine = buyerId === null || (node.buyerId === buyerId && isPlaced)
    if (!isMine || this.owners.has(owner)) this.report.fault(at, 'path', { owner: ownerOf(node) })
    this.owners.add(owner)
    nodes.add(canonical(node))
    this.subtree = { node, counts: nothing(), tree: growingTree(content.algorithm), last: '' }
    this.sum.subtrees += 1
  }

  takeLeaf(leaf) {
    const { at, content } = this.seal
    const { node, counts, tree, last } = this.subtree
    const fits =
      (leaf.subscriptionId ?? leaf.keyId) === node.ownerId &&
      (leaf.subscriptionId === null ? 'key' : 'subscription') === node.ownerKind &&
      leaf.buyerId === node.buyerId &&
      (leaf.productId ?? '-') === at.product &&
      dayOf(leaf.occurredAt) === at.day &&
      leaf.eventId > last
    if (!fits) this.report.fault(at, 'stray', { event: leaf.eventId })
    tree.add(canonical(leaf))
    this.subtree.last = leaf.eventId
    counts.events += 1
    counts.attempts += Number(leaf.attempts)
    if (leaf.billed) counts.billed += Number(leaf.attempts)
    this.sum.leaves += 1
    if (this.keepsCalls) this.calls.set(leaf.eventId, { leaf, at, algorithm: content.algorithm })
  }

  closeSubtree() {
    if (!this.subtree) return
    const { node, counts, tree } = this.subtree
    if (!isSame(counts, node) || tree.root() !== node.root) {
      const facts = { owner: ownerOf(node), events: counts.events, sealed: node.events }
      this.report.fault(this.seal.at, 'subtree', facts)
    }
    for (const each of counted) this.seal.counts[each] += Number(node[each])
    this.subtree = undefined
  }

  closeSeal() {
    this.closeSubtree()
    if (!this.seal) return
    const { at, content, counts, nodes } = this.seal
    for (const each of ['attempts', 'billed']) this.sum[each] += counts[each]
    if (this.header.buyerId !== null) return
    const isWhole = isSame(counts, content) && String(this.owners.size) === content.subtrees
    if (!isWhole || nodes.root() !== content.root) this.report.fault(at, 'root')
  }

  close() {
    this.closeSeal()
    const { header, end, sum } = this
    const isWhole = ['seals', 'subtrees', 'leaves'].every((each) => end?.[each] === sum[each])
    if (!header || !isWhole) this.report.fault(null, 'cut')
    if (header?.buyerId === null)
      for (const [name, { at }] of this.seals)
        if (at.day.startsWith(header.month) && !this.given.has(name))
          this.report.fault(at, 'sealNotGiven')
    this.report.total('archive', sum)
  }
}

async function checkArchive(file, { seals, report, keepsCalls }) {
  const archive = new Archive(seals, report, keepsCalls)
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  for await (const line of lines) if (line !== '') archive.take(JSON.parse(line))
  archive.close()
  return archive.calls
}

// ---------------------------------------------------------------- a buyer's receipts and list of calls

const productOf = (facts) => facts.productId ?? '-'
const placeOf = (facts) => ({
  day: dayOf(facts.occurredAt),
  product: productOf(facts),
  supplement: 0,
})

/** A day is closed when it, or a later one, has a published seal. */
const isClosed = (seals, day) => [...seals.values()].some((seal) => seal.at.day >= day)

function tellUnsealed(at, fault, event, { seals, report }) {
  if (isClosed(seals, at.day)) report.fault(at, fault, { event })
  else report.note(at, 'open', { event })
}

function chargeText(report, { billed, reason }, unitPrice) {
  return billed ? report.w.charged(unitPrice) : report.w.free(reason)
}

export function checkReceipts(receipts, { keys, seals, calls, report }) {
  const known = new Map()
  for (const receipt of receipts) {
    const { facts } = receipt
    const at = placeOf(facts)
    const event = facts.eventId
    if (!isGenuine(receipt, keys, known)) report.fault(at, 'forged', { event })
    else if (calls && !calls.has(event))
      tellUnsealed(at, 'receiptMissing', event, { seals, report })
    else if (!calls || agrees(facts, calls.get(event), report))
      report.each(at, 'receipt', {
        event,
        sealed: Boolean(calls),
        signedAt: receipt.fromRecord?.signedAt,
        charge: chargeText(report, facts),
      })
  }
  if (!calls && receipts.length > 0) report.note(null, 'noProof')
  report.total('receipts', { receipts: receipts.length, signatures: known.size })
}

/** What a receipt says is what was sealed; a repeat that was found only later is in the buyer's favour. */
function agrees(facts, { leaf, at }, report) {
  const fields = Object.keys(facts).filter((key) => facts[key] !== leaf[key])
  // A receipt made at the call stands for one attempt; one of the record says for how many.
  if (facts.attempts === undefined && leaf.attempts !== '1') fields.push('attempts')
  if (fields.length === 0) return true
  const isFreed = facts.billed && !leaf.billed && leaf.resultClass === 'repeated'
  const onlyFreed = fields.every((key) => ['billed', 'reason', 'resultClass'].includes(key))
  if (isFreed && onlyFreed) report.note(at, 'forYou', { event: facts.eventId })
  else report.fault(at, 'differs', { event: facts.eventId, fields: fields.join(', ') })
  return false
}

/** Cells of CSV text, row by row; quoted ones may hold commas, quotes and line ends. */
export function* readCsv(csv) {
  let row = []
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy
  cells.lastIndex = csv.charCodeAt(0) === 0xfeff ? 1 : 0
  while (cells.lastIndex < csv.length) {
    const read = cells.exec(csv)
    if (!read) throw new Error('not CSV')
    row.push((read[1]?.replaceAll('""', '"') ?? read[2]).replace(/^'(?=[=+\-@\t\r'])/, ''))
    if (read[3] === ',') continue
    yield row
    row = []
  }
}

/** Every fact of a leaf but its digest of the rest, and the facts that digest is over, by column. */
const leafColumns = {
  ...{ attempts: 'attempts', billed: 'billed', buyerId: 'buyer_id', bytes: 'bytes' },
  ...{ eventId: 'event_id', keyId: 'key_id', mode: 'mode', occurredAt: 'occurred_at' },
  ...{
    priceVersion: 'price_version',
    productId: 'product_id',
    reason: 'reason',
    records: 'records',
  },
  ...{ resultClass: 'result_class', subscriptionId: 'subscription_id' },
}
const restColumns = {
  ...{
    batch: 'batch',
    bootId: 'boot_id',
    bootSequence: 'boot_sequence',
    durationMs: 'duration_ms',
  },
  ...{ httpStatus: 'http_status', productVersionId: 'product_version_id' },
  ...{
    purposeClass: 'purpose_class',
    recordedAt: 'recorded_at',
    repeatsEventId: 'repeats_event_id',
  },
  ...{ requestDigest: 'request_digest', requestId: 'request_id', route: 'route' },
  ...{ scenarioId: 'scenario_id', shard: 'shard' },
}

function* readCalls(csv) {
  const rows = readCsv(csv)
  const titles = rows.next().value ?? []
  const place = new Map(titles.map((title, at) => [/（(\w+)）$/.exec(title)?.[1] ?? title, at]))
  const facts = (row, columns) => {
    const read = ([key, column]) => [key, row[place.get(column)] || null]
    return Object.fromEntries(Object.entries(columns).map(read))
  }
  for (const row of rows) {
    const cell = (column) => row[place.get(column)] ?? ''
    const leaf = facts(row, leafColumns)
    leaf.billed = leaf.billed === 'true'
    yield { leaf, rest: facts(row, restColumns), cell }
  }
}

export function checkCalls(csv, { seals, calls, report }) {
  const seen = new Set()
  const sum = { rows: 0, attempts: 0, billed: 0, free: new Map(), prices: new Map() }
  for (const { leaf, rest, cell } of readCalls(csv)) {
    const event = leaf.eventId
    const at = placeOf(leaf)
    const sealed = calls.get(event)
    if (seen.has(event)) report.fault(at, 'rowTwice', { event })
    seen.add(event)
    addCall(sum, leaf, cell)
    if (!sealed) {
      tellUnsealed(at, 'rowAdded', event, { seals, report })
      continue
    }
    leaf.rest = digestText(sealed.algorithm, bytesOf(canonical(rest)))
    const fields = Object.keys(leaf).filter((key) => leaf[key] !== sealed.leaf[key])
    if (fields.length > 0) report.fault(sealed.at, 'differs', { event, fields: fields.join(', ') })
    else {
      const charge = chargeText(report, leaf, cell('unit_price_yuan'))
      report.each(sealed.at, 'call', { event, charge })
    }
  }
  for (const [event, { at }] of calls)
    if (!seen.has(event)) report.fault(at, 'rowMissing', { event })
  tellCharges(sum, report)
}

function addCall(sum, leaf, cell) {
  const attempts = Number(leaf.attempts)
  sum.rows += 1
  sum.attempts += attempts
  if (!leaf.billed) {
    sum.free.set(leaf.reason, (sum.free.get(leaf.reason) ?? 0) + attempts)
    return
  }
  sum.billed += attempts
  const [unit, unitPrice] = [cell('price_unit'), cell('unit_price_yuan')]
  if (unitPrice === '' || !['call', 'record'].includes(unit)) return
  const number = cell('price_number')
  const price = sum.prices.get(number) ?? { number, unit, unitPrice, calls: 0, quantity: 0 }
  price.calls += attempts
  price.quantity += unit === 'call' ? attempts : Number(leaf.records)
  sum.prices.set(number, price)
}

function tellCharges(sum, report) {
  report.total('calls', sum)
  const reasons = [...sum.free].map(([reason, count]) => `${reason} ${count}`)
  reasons.sort((a, b) => (a < b ? -1 : 1))
  if (reasons.length > 0) report.total('reasons', reasons.join(', '))
  for (const price of sum.prices.values()) {
    const [whole, part = ''] = price.unitPrice.split('.')
    const micro = BigInt(whole + part.padEnd(6, '0')) * BigInt(price.quantity)
    const digits = String(micro).padStart(7, '0')
    const yuan = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/(\.\d\d\d*?)0+$/, '$1')
    report.total('price', { ...price, yuan })
  }
}

// ---------------------------------------------------------------- the command

async function main() {
  const { values } = parseArgs({
    options: {
      ...{ seals: { type: 'string', multiple: true }, keys: { type: 'string' } },
      ...{ receipts: { type: 'string' }, proof: { type: 'string' }, calls: { type: 'string' } },
      ...{ export: { type: 'string' }, lang: { type: 'string', default: 'zh' } },
      ...{
        summary: { type: 'boolean' },
        'own-sm3': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    },
  })
  const asked = values.receipts ?? values.proof ?? values.calls ?? values.export ?? values.seals
  if (
    values.help ||
    !values.keys ||
    !asked ||
    !text[values.lang] ||
    (values.calls && !values.proof)
  ) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  if (values['own-sm3']) state.ownSm3 = true
  const report = newReport(values.lang, values.summary ?? false)
  process.stdout.write(`${report.w.title}\n`)
  const keys = readKeys(readFileSync(values.keys, 'utf8'))
  const files = (values.seals ?? []).map((file) => JSON.parse(readFileSync(file, 'utf8')))
  const seals = readSeals(files, keys, report)
  const keepsCalls = Boolean(values.receipts ?? values.calls)
  const calls = values.proof && (await checkArchive(values.proof, { seals, report, keepsCalls }))
  if (values.export) await checkArchive(values.export, { seals, report, keepsCalls: false })
  if (values.receipts) {
    const receipts = readReceipts(readFileSync(values.receipts, 'utf8'))
    checkReceipts(receipts, { keys, seals, calls, report })
  }
  if (values.calls) checkCalls(readFileSync(values.calls, 'utf8'), { seals, calls, report })
  process.stdout.write(`${report.w.verdict(report.faults)}\n`)
  return report.faults === 0 ? 0 : 1
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  // Whoever reads only the first lines has no verdict, and gets no exit code that looks like one.
  process.stdout.on('error', () => process.exit(2))
  try {
    process.exitCode = await main()
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`)
    process.exitCode = 2
  }
}
