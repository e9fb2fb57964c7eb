DROP TABLE IF EXISTS confirmations;
DROP TABLE IF EXISTS dialogues;
DROP TABLE IF EXISTS subscriber_sessions;
DROP TABLE IF EXISTS asked_numbers;
DROP TABLE IF EXISTS one_time_codes;
