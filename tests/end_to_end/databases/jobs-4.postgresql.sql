CREATE TABLE public.attempts (
    id integer NOT NULL,
    result_id integer NOT NULL,
    started_at character varying(255) NOT NULL,
    ended_at character varying(255) NOT NULL,
    outcome character varying(255) NOT NULL
);

CREATE SEQUENCE public.attempts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.attempts_id_seq OWNED BY public.attempts.id;

CREATE TABLE public.documents (
    document_id text NOT NULL,
    document_index integer NOT NULL,
    loan_id text,
    sha256 text,
    file_name text NOT NULL,
    kind text NOT NULL,
    first_page integer NOT NULL,
    last_page integer NOT NULL,
    confidence double precision NOT NULL,
    needs_review boolean NOT NULL,
    stored_at text NOT NULL
);

CREATE TABLE public.events (
    id integer NOT NULL,
    job_id character varying(255) NOT NULL,
    "position" integer,
    moment character varying(255) NOT NULL,
    event character varying(255) NOT NULL,
    detail text NOT NULL
);

CREATE SEQUENCE public.events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;

CREATE TABLE public.fields (
    document_id text NOT NULL,
    document_index integer NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    row_index integer,
    column_name text,
    value text,
    value_type text NOT NULL,
    currency text,
    raw text NOT NULL,
    page integer NOT NULL,
    box_left double precision,
    box_top double precision,
    box_right double precision,
    box_bottom double precision,
    confidence double precision NOT NULL,
    extractor text NOT NULL,
    chosen boolean NOT NULL
);

CREATE TABLE public.findings (
    document_id text NOT NULL,
    ordinal integer NOT NULL,
    code text NOT NULL,
    severity text NOT NULL,
    message text NOT NULL,
    fields text NOT NULL,
    expected text,
    actual text
);

CREATE TABLE public.job_inputs (
    job_id character varying(255) NOT NULL,
    inputs text NOT NULL
);

CREATE TABLE public.loans (
    loan_id text NOT NULL,
    document_count integer NOT NULL,
    first_seen text NOT NULL,
    last_seen text NOT NULL
);

CREATE TABLE public.processing_jobs (
    job_id character varying(255) NOT NULL,
    status character varying(255) NOT NULL,
    total_documents integer NOT NULL,
    processed_documents integer NOT NULL,
    successful_documents integer NOT NULL,
    failed_documents integer NOT NULL,
    skipped_documents integer NOT NULL,
    fingerprint character varying(255) NOT NULL,
    created_at character varying(255) NOT NULL,
    completed_at character varying(255),
    is_listed boolean NOT NULL,
    reprocess boolean NOT NULL,
    lease_holder character varying(255),
    lease_until double precision,
    priority integer NOT NULL
);

CREATE TABLE public.results (
    id integer NOT NULL,
    job_id character varying(255) NOT NULL,
    "position" integer NOT NULL,
    priority integer NOT NULL,
    file_name text NOT NULL,
    location text NOT NULL,
    status character varying(255) NOT NULL,
    sha256 character varying(255),
    document_id character varying(255),
    loan_id character varying(255),
    error_type character varying(255),
    error_code character varying(255),
    needs_review boolean NOT NULL,
    processing_time real NOT NULL,
    "timestamp" character varying(255),
    fingerprint character varying(255),
    payload text,
    reused_from integer,
    obstacle text,
    worker_deaths integer NOT NULL
);

CREATE SEQUENCE public.results_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.results_id_seq OWNED BY public.results.id;

CREATE TABLE public.schema_versions (
    component character varying(255) NOT NULL,
    version integer NOT NULL
);

ALTER TABLE ONLY public.attempts ALTER COLUMN id SET DEFAULT nextval('public.attempts_id_seq'::regclass);

ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);

ALTER TABLE ONLY public.results ALTER COLUMN id SET DEFAULT nextval('public.results_id_seq'::regclass);

INSERT INTO public.attempts VALUES (1, 1, '2026-11-24T19:54:24.009373+00:00', '2026-11-24T19:54:24.086126+00:00', 'success');
INSERT INTO public.attempts VALUES (2, 2, '2026-11-24T19:54:24.092223+00:00', '2026-11-24T19:54:24.100578+00:00', 'empty');
INSERT INTO public.attempts VALUES (3, 3, '2026-11-24T19:54:24.093249+00:00', '2026-11-24T19:54:24.100578+00:00', 'success');

INSERT INTO public.documents VALUES ('doc-97c577ad24ad2d4e2265bc442266860ef0340f97', 0, 'doc-97c577ad24ad2d4e2265bc442266860ef0340f97', '97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c', 'a.txt', 'note', 1, 1, 1, false, '2026-11-24T19:54:24.011410+00:00');
INSERT INTO public.documents VALUES ('doc-a473301eca88e8d1d81a89c2693a593893364c83', 0, 'doc-a473301eca88e8d1d81a89c2693a593893364c83', 'a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef', 'c.txt', 'note', 1, 1, 1, false, '2026-11-24T19:54:24.094619+00:00');

INSERT INTO public.events VALUES (1, 'job-20261124-195423-5679ae', NULL, '2026-11-24T19:54:23.989811+00:00', 'job_created', '');
INSERT INTO public.events VALUES (2, 'job-20261124-195423-5679ae', NULL, '2026-11-24T19:54:24.000434+00:00', 'job_started', '{"total_documents": 4, "waiting_documents": 4}');
INSERT INTO public.events VALUES (3, 'job-20261124-195423-5679ae', NULL, '2026-11-24T19:54:24.107716+00:00', 'job_interrupted', '{"waiting_documents": 1}');

INSERT INTO public.fields VALUES ('doc-97c577ad24ad2d4e2265bc442266860ef0340f97', 0, 0, 'note', 'loan', NULL, NULL, '7', 'text', NULL, '7', 1, 10, 10, 19, 20, 0.99, 'text', true);
INSERT INTO public.fields VALUES ('doc-a473301eca88e8d1d81a89c2693a593893364c83', 0, 0, 'note', 'loan', NULL, NULL, 'stop', 'text', NULL, 'stop', 1, 10, 10, 19, 20, 0.99, 'text', true);

INSERT INTO public.job_inputs VALUES ('job-20261124-195423-5679ae', '{"items": ["a.txt", "b.txt", "c.txt", "d.txt"], "only_files": false, "folder": "/srv/in"}');

INSERT INTO public.loans VALUES ('doc-97c577ad24ad2d4e2265bc442266860ef0340f97', 1, '2026-11-24T19:54:24.011410+00:00', '2026-11-24T19:54:24.011410+00:00');
INSERT INTO public.loans VALUES ('doc-a473301eca88e8d1d81a89c2693a593893364c83', 1, '2026-11-24T19:54:24.094619+00:00', '2026-11-24T19:54:24.094619+00:00');

INSERT INTO public.processing_jobs VALUES ('job-20261124-195423-5679ae', 'queued', 4, 3, 2, 1, 0, 'b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65', '2026-11-24T19:54:23.988131+00:00', NULL, true, false, NULL, NULL, 0);

INSERT INTO public.results VALUES (4, 'job-20261124-195423-5679ae', 3, 0, 'd.txt', 'd.txt', 'queued', NULL, NULL, NULL, NULL, NULL, false, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.results VALUES (1, 'job-20261124-195423-5679ae', 0, 0, 'a.txt', 'a.txt', 'success', '97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c', 'doc-97c577ad24ad2d4e2265bc442266860ef0340f97', 'doc-97c577ad24ad2d4e2265bc442266860ef0340f97', NULL, NULL, false, 0.001218105, '2026-11-24T19:54:24.011410+00:00', 'b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65', '{"file_name": "a.txt", "source": "a.txt", "status": "success", "sha256": "97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c", "page_count": 1, "document_id": "doc-97c577ad24ad2d4e2265bc442266860ef0340f97", "loan_id": "doc-97c577ad24ad2d4e2265bc442266860ef0340f97", "error_type": null, "error_code": null, "error_message": null, "retryable": false, "processing_time": 0.0012181050042272545, "timestamp": "2026-11-24T19:54:24.011410+00:00", "needs_review": false, "documents": [{"kind": "note", "first_page": 1, "last_page": 1, "confidence": 1.0, "fields": {"loan": {"value": "7", "raw": "7", "page": 1, "box": [10.0, 10.0, 19.0, 20.0], "confidence": 0.99, "extractor": "text", "type": "text"}}}], "findings": [], "reused": false, "artifacts": []}', NULL, NULL, 0);
INSERT INTO public.results VALUES (2, 'job-20261124-195423-5679ae', 1, 0, 'b.txt', 'b.txt', 'failed', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'doc-e3b0c44298fc1c149afbf4c8996fb92427ae41e4', NULL, 'validation_error', 'empty', false, 0.000378902, '2026-11-24T19:54:24.093160+00:00', 'b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65', '{"file_name": "b.txt", "source": "b.txt", "status": "failed", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "page_count": null, "document_id": "doc-e3b0c44298fc1c149afbf4c8996fb92427ae41e4", "loan_id": null, "error_type": "validation_error", "error_code": "empty", "error_message": "b.txt is empty (plugin TextReader)", "retryable": false, "processing_time": 0.0003789020047406666, "timestamp": "2026-11-24T19:54:24.093160+00:00", "needs_review": false, "documents": [], "findings": [], "reused": false, "artifacts": []}', NULL, NULL, 0);
INSERT INTO public.results VALUES (3, 'job-20261124-195423-5679ae', 2, 0, 'c.txt', 'c.txt', 'success', 'a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef', 'doc-a473301eca88e8d1d81a89c2693a593893364c83', 'doc-a473301eca88e8d1d81a89c2693a593893364c83', NULL, NULL, false, 0.000982426, '2026-11-24T19:54:24.094619+00:00', 'b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65', '{"file_name": "c.txt", "source": "c.txt", "status": "success", "sha256": "a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef", "page_count": 1, "document_id": "doc-a473301eca88e8d1d81a89c2693a593893364c83", "loan_id": "doc-a473301eca88e8d1d81a89c2693a593893364c83", "error_type": null, "error_code": null, "error_message": null, "retryable": false, "processing_time": 0.0009824259977904148, "timestamp": "2026-11-24T19:54:24.094619+00:00", "needs_review": false, "documents": [{"kind": "note", "first_page": 1, "last_page": 1, "confidence": 1.0, "fields": {"loan": {"value": "stop", "raw": "stop", "page": 1, "box": [10.0, 10.0, 19.0, 20.0], "confidence": 0.99, "extractor": "text", "type": "text"}}}], "findings": [], "reused": false, "artifacts": []}', NULL, NULL, 0);

INSERT INTO public.schema_versions VALUES ('jobs', 4);
INSERT INTO public.schema_versions VALUES ('records', 1);

SELECT pg_catalog.setval('public.attempts_id_seq', 3, true);

SELECT pg_catalog.setval('public.events_id_seq', 3, true);

SELECT pg_catalog.setval('public.results_id_seq', 4, true);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (document_id, document_index);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.fields
    ADD CONSTRAINT fields_pkey PRIMARY KEY (document_id, document_index, ordinal);

ALTER TABLE ONLY public.findings
    ADD CONSTRAINT findings_pkey PRIMARY KEY (document_id, ordinal);

ALTER TABLE ONLY public.job_inputs
    ADD CONSTRAINT job_inputs_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.loans
    ADD CONSTRAINT loans_pkey PRIMARY KEY (loan_id);

ALTER TABLE ONLY public.processing_jobs
    ADD CONSTRAINT processing_jobs_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.results
    ADD CONSTRAINT results_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_versions
    ADD CONSTRAINT schema_versions_pkey PRIMARY KEY (component);

CREATE INDEX attempt_result_id ON public.attempts USING btree (result_id);

CREATE INDEX documents_loan_id ON public.documents USING btree (loan_id);

CREATE INDEX event_job_id ON public.events USING btree (job_id);

CREATE INDEX fields_name_value ON public.fields USING btree (name, value);

CREATE INDEX findings_code ON public.findings USING btree (code);

CREATE INDEX processingjob_created_at ON public.processing_jobs USING btree (created_at);

CREATE INDEX resultrow_document_id ON public.results USING btree (document_id);

CREATE INDEX resultrow_job_id ON public.results USING btree (job_id);

CREATE UNIQUE INDEX resultrow_job_id_position ON public.results USING btree (job_id, "position");

CREATE INDEX resultrow_job_id_sha256 ON public.results USING btree (job_id, sha256);

CREATE INDEX resultrow_loan_id ON public.results USING btree (loan_id);

CREATE INDEX results_queued ON public.results USING btree (job_id, priority DESC, "position") WHERE ((status)::text = 'queued'::text);

CREATE INDEX results_loan_key ON public.results ((COALESCE(NULLIF(LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(loan_id, ' ', ''), '-', ''), '_', ''), '.', ''), '/', ''), '#', ''), ':', ''), ',', '')), ''), loan_id)));

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_result_id_fkey FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES public.loans(loan_id);

ALTER TABLE ONLY public.fields
    ADD CONSTRAINT fields_document_id_document_index_fkey FOREIGN KEY (document_id, document_index) REFERENCES public.documents(document_id, document_index) ON DELETE CASCADE;

ALTER TABLE ONLY public.job_inputs
    ADD CONSTRAINT job_inputs_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.processing_jobs(job_id);

ALTER TABLE ONLY public.results
    ADD CONSTRAINT results_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.processing_jobs(job_id);
