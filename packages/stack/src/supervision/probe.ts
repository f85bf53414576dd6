import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { Client } from 'pg';
import { messageOf } from '../stack-error.ts';

export type Probe =
  | { kind: 'http'; url: string; headers?: Record<string, string> }
  | { kind: 'tcp'; port: number }
  /** Of a program that no other connects to. */
  | { kind: 'file'; path: string }
  | { kind: 'postgres'; port: number; user: string; password: string };

export interface ProbeAnswer {
  isReady: boolean;
  /** For the error message of a component that never becomes ready. */
  answer: string;
}

const host = '127.0.0.1';
const timeoutMs = 2_000;
const answerLength = 400;

function probeHttp(url: string, headers = {}): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    // No kept-alive connection: it would hold up the component's own shutdown.
    const request = get(url, { agent: false, timeout: timeoutMs, headers }, (response) => {
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

async function probeTcp(port: number): Promise<ProbeAnswer> {
  const socket = connect({ host, port, timeout: timeoutMs });
  socket.on('timeout', () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
  await once(socket, 'connect');
  socket.destroy();
  return { isReady: true, answer: 'connected' };
}

function probeFile(path: string): ProbeAnswer {
  const isReady = existsSync(path);
  return { isReady, answer: isReady ? 'written' : 'not written yet' };
}

// Until recovery is over, an open port refuses every log-in.
async function probePostgres(port: number, user: string, password: string): Promise<ProbeAnswer> {
  const login = { host, port, user, password, database: 'postgres', ssl: false };
  const client = new Client({ ...login, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => {});
  await client.connect();
  await client.end();
  return { isReady: true, answer: 'logged in' };
}

/** Probes once; a refused connection is an answer too, so this never throws. */
export async function runProbe(probe: Probe): Promise<ProbeAnswer> {
  try {
    if (probe.kind === 'http') return await probeHttp(probe.url, probe.headers);
    if (probe.kind === 'tcp') return await probeTcp(probe.port);
    if (probe.kind === 'file') return probeFile(probe.path);
    return await probePostgres(probe.port, probe.user, probe.password);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { isReady: false, answer: messageOf(error) || String(code) };
  }
}

/** For an error message: without the password. */
export function describeProbe(probe: Probe): string {
  if (probe.kind === 'http') return `GET ${probe.url}`;
  return probe.kind === 'file' ? probe.path : `${probe.kind} ${host}:${probe.port}`;
}
