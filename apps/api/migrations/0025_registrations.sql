-- Up Migration

-- Nobody has an account before the number is confirmed: an unconfirmed registration is a row of its
-- own, so that a code can only ever confirm the password of whoever asked for it.
DELETE FROM accounts.users WHERE verified_at IS NULL;
DROP TABLE accounts.one_time_codes;
DROP INDEX accounts.idx_users_unverified;
ALTER TABLE accounts.users
  ALTER COLUMN verified_at SET DEFAULT now(),
  ALTER COLUMN verified_at SET NOT NULL;

CREATE TABLE accounts.registrations (
  -- One for each number: a newer one replaces it.
  phone text PRIMARY KEY,
  -- Of the id that only the registrant has.
  id_digest bytea NOT NULL,
  -- Keyed, because a plain digest of six digits is quickly brute-forced.
  code_digest bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  tries_left integer NOT NULL CHECK (tries_left >= 0),
  password_hash text NOT NULL,
  display_name text NOT NULL,
  -- Set if the number had an account; no code confirms such a registration.
  is_taken boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_registrations_expires_at ON accounts.registrations (expires_at);

-- Text messages in the current hour, by digest of a number or of a caller's address.
CREATE TABLE accounts.text_budgets (
  subject bytea PRIMARY KEY,
  window_started_at timestamptz NOT NULL,
  sent_in_window integer NOT NULL,
  sent_at timestamptz NOT NULL
);

CREATE INDEX idx_text_budgets_sent_at ON accounts.text_budgets (sent_at);

-- By number and address, by number and known device, or by number alone.
DROP TABLE accounts.login_attempts;
CREATE TABLE accounts.login_attempts (
  subject bytea PRIMARY KEY,
  failures integer NOT NULL,
  locked_until timestamptz,
  changed_at timestamptz NOT NULL
);

CREATE INDEX idx_login_attempts_changed_at ON accounts.login_attempts (changed_at);

-- Whether a user has signed in on a device before.
CREATE INDEX idx_sessions_device ON accounts.sessions (user_id, device_id);

-- Down Migration
DROP INDEX accounts.idx_sessions_device;
DROP TABLE accounts.text_budgets;
DROP TABLE accounts.registrations;
ALTER TABLE accounts.users ALTER COLUMN verified_at DROP NOT NULL, ALTER COLUMN verified_at DROP DEFAULT;
