import { expect, test } from '@jest/globals';
import type { ComponentState, StackState } from '../state-file.ts';
import { stateFolderAt } from '../state-folder.ts';
import { formatTable } from './table.ts';

const ready: ComponentState = {
  phase: 'ready',
  address: 'http://127.0.0.1:9090',
  ports: { http: 9090 },
  version: '3.5.3',
  restarts: 0,
  logFile: '/state/logs/prometheus.out.log',
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 1_000,
};

test('the table shows components, absent ones with their cost, and the next commands', () => {
  const state: StackState = {
    phase: 'ready',
    supervisor: { pid: 1, startTime: '1' },
    timeFactor: 1,
    components: {
      prometheus: ready,
      api: { ...ready, phase: 'restarting', restarts: 2, lastExit: 'exited with code 1' },
    },
    loaded: { rules: 210, targets: 17 },
    absent: [{ name: 'loki', reason: '`loki` is not on PATH', cost: 'logs cannot be searched' }],
    timeline: { startedAtMs: 0 },
  };
  expect(formatTable(state, stateFolderAt('/state'))).toBe(
    [
      'component   address                state                                          version',
      'prometheus  http://127.0.0.1:9090  ready                                          3.5.3',
      'api         http://127.0.0.1:9090  restarting, restarted 2x (exited with code 1)  3.5.3',
      '',
      'Prometheus has loaded 210 rules and 17 targets.',
      'Without loki: logs cannot be searched (`loki` is not on PATH).',
      'Logs: /state/logs',
      'Stop: npm stop',
      '',
    ].join('\n'),
  );
});
