"""What dialing is decided by and leaves behind; the process that dials is `callcenter/dialing`.

compliance  may this lead be called now, why not, and when (pure)
pacing      how many calls a predictive campaign places now (pure; simulation runs it too)
leads       loaded, chosen, reserved, settled: all that touches leads in the database
budget      the abandonment limit: what window and day have come to
evidence    the signed file that shows how a campaign kept the law
survey      what people pressed to a survey's questions
figures     what a campaign's board shows of the past
"""
