import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A provider's service that answers at once, in a process of its own. */
const answer = '{"data":{"band":"A","months_paid_in_a_row":96,"has_loan":false}}'
const server = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    outgoing
      .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
      .end(answer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
