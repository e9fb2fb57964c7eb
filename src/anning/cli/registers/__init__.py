"""The registers at the command line (登记命令): wishes, consents, organisations, codes, signatures, imports."""
