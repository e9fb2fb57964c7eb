DROP TABLE IF EXISTS decision_counts;
DROP TABLE IF EXISTS webhook_feed;
DROP TABLE IF EXISTS deliveries;
DROP TABLE IF EXISTS webhooks;
DROP TABLE IF EXISTS idempotent_answers;
DROP TABLE IF EXISTS scrub_jobs;
DROP TABLE IF EXISTS holds;
