DROP TABLE IF EXISTS erased_numbers;
