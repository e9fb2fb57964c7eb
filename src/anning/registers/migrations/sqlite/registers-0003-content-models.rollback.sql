DROP TABLE IF EXISTS content_models;
