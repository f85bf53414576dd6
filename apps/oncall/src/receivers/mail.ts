import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { ReceivedMessage } from './message.ts';
import type { Receiver } from './receiver.ts';
import type { SenderCheck } from './sender.ts';

interface MailServerOptions {
  readonly port: number;
  readonly bindAddress: string;
  readonly receiver: Receiver;
  readonly senders: Pick<SenderCheck, 'isToken' | 'isRequired'>;
}

// Our mails have a few kilobytes, with ten alerts at most.
const maxBytes = 1024 * 1024;
const maxClients = 20;
const idleTimeoutMs = 30_000;

/**
 * Starts an SMTP server that relays nothing. The password of its senders is the receivers' token, under
 * any name; there is no TLS, because only this machine or its own network can reach it.
 * @throws Error if the port is taken
 */
export async function startMailServer(options: MailServerOptions) {
  const { port, bindAddress, senders } = options;
  const { keep, refuse } = options.receiver;
  const server = new SMTPServer({
    name: 'inbox',
    banner: 'Watchkeeper on-call inbox',
    size: maxBytes,
    maxClients,
    socketTimeout: idleTimeoutMs,
    closeTimeout: 1_000,
    disabledCommands: senders.isRequired ? ['STARTTLS'] : ['AUTH', 'STARTTLS'],
    authOptional: !senders.isRequired,
    // Alertmanager sends PLAIN over TLS only.
    authMethods: ['LOGIN'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      if (senders.isToken(password ?? '')) return callback(null, { user: username });
      options.receiver.refuse('The password is wrong.');
      return callback(new Error('Expected the token of `RECEIVER_TOKEN_FILE` as password.'));
    },
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, callback) {
      receive(stream)
        .then(
          (message) => keep(message).then(() => callback(null, 'stored in the inbox')),
          (problem: Error) => {
            refuse(problem.message);
            throw Object.assign(problem, { responseCode: 552 });
          },
        )
        // 451 makes the sender retry: the disk, not the mail, is at fault.
        .catch((error: Error & { responseCode?: number }) =>
          callback(
            Object.assign(new Error(error.message), { responseCode: error.responseCode ?? 451 }),
          ),
        );
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = `Could not listen on ${bindAddress}:${port} (${error.code}).`;
      reject(new Error(`${problem} Set \`SMTP_PORT\` to a free port.`, { cause: error }));
    });
    server.listen(port, bindAddress, resolve);
  });
  // A broken connection must not end the process.
  server.on('error', () => {});
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

interface BoundedStream extends Readable {
  readonly sizeExceeded: boolean;
}

async function receive(stream: Readable): Promise<ReceivedMessage> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is discarded: SMTP cannot stop the sender.
    if (size <= maxBytes) chunks.push(chunk);
  }
  if ((stream as BoundedStream).sizeExceeded || size > maxBytes) {
    throw new Error(`The mail is larger than ${maxBytes} bytes.`);
  }
  return readMail(Buffer.concat(chunks));
}

/** Reads the plain text of a mail; its HTML is ignored. */
async function readMail(raw: Uint8Array): Promise<ReceivedMessage> {
  const mail = await PostalMime.parse(raw);
  const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value ?? '';
  const title = mail.subject ?? '';
  return {
    channel: 'mail',
    status: /^\[RESOLVED\b/.test(title) ? 'resolved' : 'firing',
    alertname: header('x-alert-name'),
    job: header('x-alert-job'),
    title,
    text: (mail.text ?? '').trim(),
    links: linksOf(mail.text ?? ''),
  };
}

/** The addresses in plain text, each titled by the words before it on its line. */
function linksOf(text: string): { title: string; href: string }[] {
  return [...text.matchAll(/^(?:(\w[\w ]*):\s+)?(https?:\/\/\S+)$/gm)].map(
    ([, title, href = '']) => ({ title: title ?? href, href }),
  );
}
