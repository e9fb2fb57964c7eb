"""The registers (登记库): who may (主体、许可、码号、签名、措施) and who wishes what (意愿、同意).

``events`` says what is recorded, ``standing`` settles what one person said, ``commands`` what may be said, ``imports``
takes whole lists, ``stated`` reads the journal as statements, ``open`` opens all of it.
"""
