BEGIN TRANSACTION;
CREATE TABLE "attempts" ("id" INTEGER NOT NULL PRIMARY KEY, "result_id" INTEGER NOT NULL, "started_at" VARCHAR(255) NOT NULL, "ended_at" VARCHAR(255) NOT NULL, "outcome" VARCHAR(255) NOT NULL, FOREIGN KEY ("result_id") REFERENCES "results" ("id") ON DELETE CASCADE);
INSERT INTO "attempts" VALUES(1,1,'2026-11-24T19:54:20.950494+00:00','2026-11-24T19:54:20.966522+00:00','success');
INSERT INTO "attempts" VALUES(2,2,'2026-11-24T19:54:20.973422+00:00','2026-11-24T19:54:20.980785+00:00','empty');
INSERT INTO "attempts" VALUES(3,3,'2026-11-24T19:54:20.974342+00:00','2026-11-24T19:54:20.980785+00:00','success');
CREATE TABLE documents (
        document_id TEXT NOT NULL,
        document_index INTEGER NOT NULL,
        loan_id TEXT REFERENCES loans (loan_id),
        sha256 TEXT,
        file_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        first_page INTEGER NOT NULL,
        last_page INTEGER NOT NULL,
        confidence DOUBLE PRECISION NOT NULL,
        needs_review BOOLEAN NOT NULL,
        stored_at TEXT NOT NULL,
        PRIMARY KEY (document_id, document_index)
    );
INSERT INTO "documents" VALUES('doc-97c577ad24ad2d4e2265bc442266860ef0340f97',0,'doc-97c577ad24ad2d4e2265bc442266860ef0340f97','97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c','a.txt','note',1,1,1.0,0,'2026-11-24T19:54:20.956498+00:00');
INSERT INTO "documents" VALUES('doc-a473301eca88e8d1d81a89c2693a593893364c83',0,'doc-a473301eca88e8d1d81a89c2693a593893364c83','a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef','c.txt','note',1,1,1.0,0,'2026-11-24T19:54:20.980139+00:00');
CREATE TABLE "events" ("id" INTEGER NOT NULL PRIMARY KEY, "job_id" VARCHAR(255) NOT NULL, "position" INTEGER, "moment" VARCHAR(255) NOT NULL, "event" VARCHAR(255) NOT NULL, "detail" TEXT NOT NULL);
INSERT INTO "events" VALUES(1,'job-20261124-195420-bce8fc',NULL,'2026-11-24T19:54:20.940659+00:00','job_created','');
INSERT INTO "events" VALUES(2,'job-20261124-195420-bce8fc',NULL,'2026-11-24T19:54:20.947848+00:00','job_started','{"total_documents": 4, "waiting_documents": 4}');
INSERT INTO "events" VALUES(3,'job-20261124-195420-bce8fc',NULL,'2026-11-24T19:54:21.127626+00:00','job_interrupted','{"waiting_documents": 1}');
CREATE TABLE fields (
        document_id TEXT NOT NULL,
        document_index INTEGER NOT NULL,
        ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        row_index INTEGER,
        column_name TEXT,
        value TEXT,
        value_type TEXT NOT NULL,
        currency TEXT,
        raw TEXT NOT NULL,
        page INTEGER NOT NULL,
        box_left DOUBLE PRECISION,
        box_top DOUBLE PRECISION,
        box_right DOUBLE PRECISION,
        box_bottom DOUBLE PRECISION,
        confidence DOUBLE PRECISION NOT NULL,
        extractor TEXT NOT NULL,
        chosen BOOLEAN NOT NULL,
        PRIMARY KEY (document_id, document_index, ordinal),
        FOREIGN KEY (document_id, document_index)
            REFERENCES documents (document_id, document_index) ON DELETE CASCADE
    );
INSERT INTO "fields" VALUES('doc-97c577ad24ad2d4e2265bc442266860ef0340f97',0,0,'note','loan',NULL,NULL,'7','text',NULL,'7',1,10.0,10.0,19.0,20.0,0.99,'text',1);
INSERT INTO "fields" VALUES('doc-a473301eca88e8d1d81a89c2693a593893364c83',0,0,'note','loan',NULL,NULL,'stop','text',NULL,'stop',1,10.0,10.0,19.0,20.0,0.99,'text',1);
CREATE TABLE findings (
        document_id TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        code TEXT NOT NULL,
        severity TEXT NOT NULL,
        message TEXT NOT NULL,
        fields TEXT NOT NULL,
        expected TEXT,
        actual TEXT,
        PRIMARY KEY (document_id, ordinal)
    );
CREATE TABLE "job_inputs" ("job_id" VARCHAR(255) NOT NULL PRIMARY KEY, "inputs" TEXT NOT NULL, FOREIGN KEY ("job_id") REFERENCES "processing_jobs" ("job_id"));
INSERT INTO "job_inputs" VALUES('job-20261124-195420-bce8fc','{"items": ["a.txt", "b.txt", "c.txt", "d.txt"], "only_files": false, "folder": "/srv/in"}');
CREATE TABLE loans (
        loan_id TEXT NOT NULL PRIMARY KEY,
        document_count INTEGER NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL
    );
INSERT INTO "loans" VALUES('doc-97c577ad24ad2d4e2265bc442266860ef0340f97',1,'2026-11-24T19:54:20.956498+00:00','2026-11-24T19:54:20.956498+00:00');
INSERT INTO "loans" VALUES('doc-a473301eca88e8d1d81a89c2693a593893364c83',1,'2026-11-24T19:54:20.980139+00:00','2026-11-24T19:54:20.980139+00:00');
CREATE TABLE "processing_jobs" ("job_id" VARCHAR(255) NOT NULL PRIMARY KEY, "status" VARCHAR(255) NOT NULL, "total_documents" INTEGER NOT NULL, "processed_documents" INTEGER NOT NULL, "successful_documents" INTEGER NOT NULL, "failed_documents" INTEGER NOT NULL, "skipped_documents" INTEGER NOT NULL, "fingerprint" VARCHAR(255) NOT NULL, "created_at" VARCHAR(255) NOT NULL, "completed_at" VARCHAR(255), "is_listed" INTEGER NOT NULL, "reprocess" INTEGER NOT NULL, "lease_holder" VARCHAR(255), "lease_until" REAL, "priority" INTEGER NOT NULL);
INSERT INTO "processing_jobs" VALUES('job-20261124-195420-bce8fc','queued',4,3,2,1,0,'b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65','2026-11-24T19:54:20.939860+00:00',NULL,1,0,NULL,NULL,0);
CREATE TABLE "results" ("id" INTEGER NOT NULL PRIMARY KEY, "job_id" VARCHAR(255) NOT NULL, "position" INTEGER NOT NULL, "priority" INTEGER NOT NULL, "file_name" TEXT NOT NULL, "location" TEXT NOT NULL, "status" VARCHAR(255) NOT NULL, "sha256" VARCHAR(255), "document_id" VARCHAR(255), "loan_id" VARCHAR(255), "error_type" VARCHAR(255), "error_code" VARCHAR(255), "needs_review" INTEGER NOT NULL, "processing_time" REAL NOT NULL, "timestamp" VARCHAR(255), "fingerprint" VARCHAR(255), "payload" TEXT, "reused_from" INTEGER, "obstacle" TEXT, "worker_deaths" INTEGER NOT NULL, FOREIGN KEY ("job_id") REFERENCES "processing_jobs" ("job_id"));
INSERT INTO "results" VALUES(1,'job-20261124-195420-bce8fc',0,0,'a.txt','a.txt','success','97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c','doc-97c577ad24ad2d4e2265bc442266860ef0340f97','doc-97c577ad24ad2d4e2265bc442266860ef0340f97',NULL,NULL,0,5.64032099646283313632e-03,'2026-11-24T19:54:20.956498+00:00','b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65','{"file_name": "a.txt", "source": "a.txt", "status": "success", "sha256": "97c577ad24ad2d4e2265bc442266860ef0340f9781e9145fa76a3e06f4fab33c", "page_count": 1, "document_id": "doc-97c577ad24ad2d4e2265bc442266860ef0340f97", "loan_id": "doc-97c577ad24ad2d4e2265bc442266860ef0340f97", "error_type": null, "error_code": null, "error_message": null, "retryable": false, "processing_time": 0.005640320996462833, "timestamp": "2026-11-24T19:54:20.956498+00:00", "needs_review": false, "documents": [{"kind": "note", "first_page": 1, "last_page": 1, "confidence": 1.0, "fields": {"loan": {"value": "7", "raw": "7", "page": 1, "box": [10.0, 10.0, 19.0, 20.0], "confidence": 0.99, "extractor": "text", "type": "text"}}}], "findings": [], "reused": false, "artifacts": []}',NULL,NULL,0);
INSERT INTO "results" VALUES(2,'job-20261124-195420-bce8fc',1,0,'b.txt','b.txt','failed','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','doc-e3b0c44298fc1c149afbf4c8996fb92427ae41e4',NULL,'validation_error','empty',0,4.37367998529225587844e-04,'2026-11-24T19:54:20.974248+00:00','b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65','{"file_name": "b.txt", "source": "b.txt", "status": "failed", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "page_count": null, "document_id": "doc-e3b0c44298fc1c149afbf4c8996fb92427ae41e4", "loan_id": null, "error_type": "validation_error", "error_code": "empty", "error_message": "b.txt is empty (plugin TextReader)", "retryable": false, "processing_time": 0.0004373679985292256, "timestamp": "2026-11-24T19:54:20.974248+00:00", "needs_review": false, "documents": [], "findings": [], "reused": false, "artifacts": []}',NULL,NULL,0);
INSERT INTO "results" VALUES(3,'job-20261124-195420-bce8fc',2,0,'c.txt','c.txt','success','a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef','doc-a473301eca88e8d1d81a89c2693a593893364c83','doc-a473301eca88e8d1d81a89c2693a593893364c83',NULL,NULL,0,5.6405919967801310122e-03,'2026-11-24T19:54:20.980139+00:00','b776737d5a31e613a1bc42b9d8441497b0ae3ecf2b5e0f8d629d16a999ff0d65','{"file_name": "c.txt", "source": "c.txt", "status": "success", "sha256": "a473301eca88e8d1d81a89c2693a593893364c836f7bc0d0d0e5552ddb6916ef", "page_count": 1, "document_id": "doc-a473301eca88e8d1d81a89c2693a593893364c83", "loan_id": "doc-a473301eca88e8d1d81a89c2693a593893364c83", "error_type": null, "error_code": null, "error_message": null, "retryable": false, "processing_time": 0.005640591996780131, "timestamp": "2026-11-24T19:54:20.980139+00:00", "needs_review": false, "documents": [{"kind": "note", "first_page": 1, "last_page": 1, "confidence": 1.0, "fields": {"loan": {"value": "stop", "raw": "stop", "page": 1, "box": [10.0, 10.0, 19.0, 20.0], "confidence": 0.99, "extractor": "text", "type": "text"}}}], "findings": [], "reused": false, "artifacts": []}',NULL,NULL,0);
INSERT INTO "results" VALUES(4,'job-20261124-195420-bce8fc',3,0,'d.txt','d.txt','queued',NULL,NULL,NULL,NULL,NULL,0,0.0,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE schema_versions (
    component VARCHAR(255) NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
);
INSERT INTO "schema_versions" VALUES('jobs',4);
INSERT INTO "schema_versions" VALUES('records',1);
CREATE INDEX "processingjob_created_at" ON "processing_jobs" ("created_at");
CREATE INDEX "resultrow_job_id" ON "results" ("job_id");
CREATE INDEX "resultrow_document_id" ON "results" ("document_id");
CREATE INDEX "resultrow_loan_id" ON "results" ("loan_id");
CREATE UNIQUE INDEX "resultrow_job_id_position" ON "results" ("job_id", "position");
CREATE INDEX "resultrow_job_id_sha256" ON "results" ("job_id", "sha256");
CREATE INDEX "results_queued" ON "results" ("job_id", "priority" DESC, "position") WHERE status = 'queued';
CREATE INDEX results_loan_key ON results ((COALESCE(NULLIF(LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(loan_id, ' ', ''), '-', ''), '_', ''), '.', ''), '/', ''), '#', ''), ':', ''), ',', '')), ''), loan_id)));
CREATE INDEX "attempt_result_id" ON "attempts" ("result_id");
CREATE INDEX "event_job_id" ON "events" ("job_id");
CREATE INDEX documents_loan_id ON documents (loan_id);
CREATE INDEX fields_name_value ON fields (name, value);
CREATE INDEX findings_code ON findings (code);
COMMIT;
