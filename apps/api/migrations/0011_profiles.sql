-- Up Migration
CREATE SCHEMA users;

CREATE TABLE users.profiles (
  user_id uuid PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
  display_name text NOT NULL,
  bio text,
  avatar_url text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users.privacy_settings (
  user_id uuid PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
  -- Numbers are hidden until their owner opts in.
  phone_visible boolean NOT NULL DEFAULT false,
  profile_visible boolean NOT NULL DEFAULT true,
  last_seen_visible boolean NOT NULL DEFAULT true,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users.blocked_users (
  user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  blocked_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, blocked_id),
  CHECK (user_id <> blocked_id)
);

CREATE INDEX idx_blocked_users_blocked ON users.blocked_users (blocked_id);

-- Questions to the assistant, by user and day (UTC).
CREATE TABLE users.assistant_usage (
  user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  day date NOT NULL,
  questions integer NOT NULL DEFAULT 0,
  prompt_tokens integer NOT NULL DEFAULT 0,
  completion_tokens integer NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, day)
);

-- Down Migration
DROP SCHEMA users CASCADE;
