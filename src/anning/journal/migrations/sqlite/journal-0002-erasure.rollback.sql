DROP TABLE IF EXISTS rewritten_segments;
