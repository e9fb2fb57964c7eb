DROP TABLE IF EXISTS unattributed_replies;
