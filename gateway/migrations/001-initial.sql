CREATE TABLE gateway.job (
	id uuid PRIMARY KEY,
	key_name text NOT NULL,
	model text NOT NULL,
	inputs jsonb NOT NULL,
	-- {"url": …} or {"name", "mimeType", "size"} of a file that the gateway holds
	file jsonb,
	-- where the client reached the gateway; links in answers begin with it
	base_url text NOT NULL,
	webhook_url text,
	status text NOT NULL DEFAULT 'IN_QUEUE'
		CHECK (status IN ('IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED')),
	result jsonb,
	-- Fencing: counts the runs begun; a run that is not the last one cannot end the job.
	run integer NOT NULL DEFAULT 0,
	-- runs that the engine failed
	failures integer NOT NULL DEFAULT 0,
	-- runs that ended with their process
	interruptions integer NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now(),
	started_at timestamptz,
	finished_at timestamptz
);
CREATE INDEX job_unfinished ON gateway.job (key_name) WHERE finished_at IS NULL;
CREATE INDEX job_finished ON gateway.job (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE gateway.webhook (
	key_name text NOT NULL,
	url_name text NOT NULL,
	webhook_url text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (key_name, url_name)
);

-- The key that was generated because none is configured.
CREATE TABLE gateway.generated_key (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	sha256 text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);

-- What signs upload links, the same for all processes.
CREATE TABLE gateway.link_secret (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	secret text NOT NULL
);
