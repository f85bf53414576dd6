import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { ReceivedMessage } from './message.ts';
import type { Receiver } from './receiver.ts';

/** A mail server that takes everything and hands it on to nobody. */
export interface MailServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What it needs. */
export interface MailServerOptions {
  readonly port: number;
  readonly bindAddress: string;
  readonly receiver: Receiver;
}

// Our mails have a few kilobytes; a storm's, with ten alerts at most, no more.
const maxBytes = 1024 * 1024;
const maxClients = 20;
const idleTimeoutMs = 30_000;

/**
 * Listens for mail: no encryption and no passwords, for it is reached from this machine or its own
 * network alone.
 * @throws Error that names the port and its cure when the port is taken
 */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { port, bindAddress } = options;
  const { keep, refuse } = options.receiver;
  const server = new SMTPServer({
    name: 'inbox',
    banner: 'Watchkeeper on-call inbox',
    size: maxBytes,
    maxClients,
    socketTimeout: idleTimeoutMs,
    closeTimeout: 1_000,
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, callback) {
      receive(stream)
        .then(
          (message) => keep(message).then(() => callback(null, 'kept in the inbox')),
          (problem: Error) => {
            refuse(problem.message);
            throw Object.assign(problem, { responseCode: 552 });
          },
        )
        // 451 is `try again later`: the disk, not the mail, is at fault.
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
  // A connection that breaks is its client's matter; without a listener it would end the process.
  server.on('error', () => {});
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
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
    // The rest is read and thrown away: SMTP has no way to say stop.
    if (size <= maxBytes) chunks.push(chunk);
  }
  if ((stream as BoundedStream).sizeExceeded || size > maxBytes) {
    throw new Error(`The mail is larger than ${maxBytes} bytes.`);
  }
  return readMail(Buffer.concat(chunks));
}

/** The mail as a person would see it; of its HTML nothing is kept but its links. */
export async function readMail(raw: Uint8Array): Promise<ReceivedMessage> {
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

/** Addresses in plain text, each with the word before it on its line. */
function linksOf(text: string): { title: string; href: string }[] {
  return [...text.matchAll(/^(?:(\w[\w ]*):\s+)?(https?:\/\/\S+)$/gm)].map(
    ([, title, href = '']) => ({ title: title ?? href, href }),
  );
}
