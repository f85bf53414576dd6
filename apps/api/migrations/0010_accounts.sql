-- Up Migration
CREATE SCHEMA accounts;

CREATE TABLE accounts.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- E.164, such as +14155550132.
  phone text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('customer', 'courier', 'restaurant', 'admin')),
  -- Derived from the number; absent where that is not certain.
  country text,
  region text,
  time_zone text,
  verified_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Users who never entered their code are deleted by age.
CREATE INDEX idx_users_unverified ON accounts.users (created_at) WHERE verified_at IS NULL;

CREATE TABLE accounts.one_time_codes (
  user_id uuid PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
  -- Keyed, because a plain digest of six digits is quickly brute-forced.
  digest bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  tries_left integer NOT NULL CHECK (tries_left >= 0),
  sent_at timestamptz NOT NULL,
  window_started_at timestamptz NOT NULL,
  sent_in_window integer NOT NULL
);

-- By number, registered or not, so that a lock does not reveal whether it is.
CREATE TABLE accounts.login_attempts (
  phone_digest bytea PRIMARY KEY,
  failures integer NOT NULL,
  locked_until timestamptz,
  changed_at timestamptz NOT NULL
);

CREATE INDEX idx_login_attempts_changed_at ON accounts.login_attempts (changed_at);

CREATE TABLE accounts.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  device_id text NOT NULL,
  device_name text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);

CREATE UNIQUE INDEX idx_sessions_one_per_device ON accounts.sessions (user_id, device_id)
  WHERE revoked_at IS NULL;
CREATE INDEX idx_sessions_last_used_at ON accounts.sessions (last_used_at);
CREATE INDEX idx_sessions_expires_at ON accounts.sessions (expires_at);

-- The tokens of a session are one family: reuse of a used one revokes them all.
CREATE TABLE accounts.refresh_tokens (
  digest bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES accounts.sessions (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE INDEX idx_refresh_tokens_session ON accounts.refresh_tokens (session_id, expires_at);

CREATE TABLE accounts.logins (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(),
  result text NOT NULL CHECK (result IN ('success', 'failure')),
  -- Why it failed.
  reason text,
  device_name text,
  address inet
);

CREATE INDEX idx_logins_user ON accounts.logins (user_id, id DESC);
CREATE INDEX idx_logins_at ON accounts.logins (at);

-- Down Migration
DROP SCHEMA accounts CASCADE;
