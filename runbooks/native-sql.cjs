// `sql` of on-call.sh without psql: runs a statement against the native mode's database.
const { createRequire } = require('node:module');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const [home, statement] = process.argv.slice(2);
const { Client } = createRequire(resolve('packages/galley/package.json'))('pg');
const { components } = JSON.parse(readFileSync(join(home, 'state.json'), 'utf8'));

async function main() {
  const client = new Client({
    host: '127.0.0.1',
    port: components.postgres.ports.sql,
    user: 'galley',
    password: readFileSync(join(home, 'secrets', 'database-password'), 'utf8'),
    database: 'galley',
  });
  await client.connect();
  const { rows, rowCount } = await client.query(statement);
  if (rows.length > 0) console.table(rows);
  console.log(`${rowCount ?? rows.length} rows`);
  await client.end();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
