import type { Link } from './spec.ts';

// What Grafana fills in when somebody clicks; here it is only text.
const keepTime = `\${__url_time_range}`;
const job = `\${__field.labels.job}`;
const jaeger = `\${jaeger}`;

/** To another dashboard, at the same time and for the same jobs. */
export function toDashboard(uid: string, title: string): Link {
  return { title, url: `/d/${uid}?\${job:queryparam}&${keepTime}` };
}

/** To another dashboard, for the job of the series that was clicked. */
export function toDashboardOfSeries(uid: string, title: string): Link {
  return { title: `${title} of ${job}`, url: `/d/${uid}?var-job=${job}&${keepTime}` };
}

/** From a series with a job to the error lines of that job. */
export const toErrorLogs: Link = {
  title: `Error lines of ${job}`,
  url: `/d/logs?var-job=${job}&var-level=error&var-level=fatal&${keepTime}`,
};

/** From a series with a job to the lines of its failed logins, which are warnings. */
export const toRefusedLogins: Link = {
  title: `Failed logins of ${job}`,
  url: `/d/logs?var-job=${job}&var-text=auth_login_failed&${keepTime}`,
};

/** From anything to the error lines of the jobs that are chosen. */
export const toAllErrorLogs: Link = {
  title: 'Error lines',
  url: `/d/logs?\${job:queryparam}&var-level=error&var-level=fatal&${keepTime}`,
};

/** From a series with a job to its traces that failed. */
export const toErrorTraces: Link = {
  title: `Failed traces of ${job}`,
  url: toTraces({ service: job, tags: 'error=true' }),
};

/** From a series with a job to its slowest traces. */
export const toSlowTraces: Link = {
  title: `Traces of ${job} over a second`,
  url: toTraces({ service: job, minDuration: '1s' }),
};

/** Explore, with a search in Jaeger; what Grafana fills in must stay as it is in the address. */
function toTraces(search: Readonly<Record<string, string>>): string {
  const query = { refId: 'A', queryType: 'search', limit: 20, ...search };
  const panes = {
    traces: {
      datasource: jaeger,
      queries: [{ ...query, datasource: { type: 'jaeger', uid: jaeger } }],
      range: { from: `\${__from}`, to: `\${__to}` },
    },
  };
  const encoded = encodeURIComponent(JSON.stringify(panes)).replace(
    /%24%7B([\w.]+)%7D/g,
    (_, name) => `\${${name}}`,
  );
  return `/explore?schemaVersion=1&panes=${encoded}`;
}
