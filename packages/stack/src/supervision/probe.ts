import { get } from 'node:http';
import { connect } from 'node:net';
import { messageOf } from '../stack-error.ts';

/** How to tell that a component is ready. */
export type Probe =
  | { kind: 'http'; url: string }
  | { kind: 'tcp'; port: number }
  | { kind: 'postgres'; port: number; user: string };

export interface ProbeAnswer {
  isReady: boolean;
  /** What was answered, for the error message of a component that never gets ready. */
  answer: string;
}

const timeoutMs = 2_000;
const answerLength = 400;

function probeHttp(url: string): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    // No kept-alive connection: it would hold up the component's own shutdown.
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body = `${body}${chunk}`.slice(0, answerLength);
      });
      response.on('error', reject);
      response.on('end', () => {
        const answer = `${response.statusCode} ${body.trim()}`;
        resolve({ isReady: response.statusCode === 200, answer });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}

/** Connects, says the greeting, and judges the first bytes; without a greeting, connecting is all. */
function probeSocket(
  port: number,
  greeting?: Buffer,
  judge?: (answer: Buffer) => ProbeAnswer,
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const finish = (answer: ProbeAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('timeout', () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('connect', () => {
      if (!greeting) return finish({ isReady: true, answer: 'connected' });
      socket.write(greeting);
    });
    socket.on('data', (data) => finish(judge?.(data) ?? { isReady: true, answer: 'answered' }));
  });
}

// https://www.postgresql.org/docs/18/protocol-message-formats.html: a start-up message is answered
// by `R` (log in, please) only once recovery is over; until then by `E`, on an open port.
function probePostgres(port: number, user: string): Promise<ProbeAnswer> {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const greeting = Buffer.alloc(8 + body.length);
  greeting.writeInt32BE(greeting.length, 0);
  greeting.writeInt32BE(3 << 16, 4);
  body.copy(greeting, 8);
  return probeSocket(port, greeting, (answer) => ({
    isReady: answer.toString('latin1', 0, 1) === 'R',
    answer: answer.toString('utf8', 5, answerLength).replaceAll('\0', ' ').trim(),
  }));
}

/** Asks once; a refused connection is an answer too, so this never throws. */
export async function ask(probe: Probe): Promise<ProbeAnswer> {
  try {
    if (probe.kind === 'http') return await probeHttp(probe.url);
    if (probe.kind === 'tcp') return await probeSocket(probe.port);
    return await probePostgres(probe.port, probe.user);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { isReady: false, answer: messageOf(error) || String(code) };
  }
}

/** What is asked, in words. */
export function describeProbe(probe: Probe): string {
  return probe.kind === 'http' ? `GET ${probe.url}` : `${probe.kind} 127.0.0.1:${probe.port}`;
}
