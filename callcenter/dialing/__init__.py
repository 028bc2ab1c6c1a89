"""The process `dialer`: places what the pacing decides, and writes down what became of it.

process       start and stop
dialer        the parts, and the loop that dials
upkeep        the other loops: site and campaigns read, settling, decisions written, campaigns
              finished, leads given back, agents' callbacks
campaigns     each running campaign at work: learned, decided, placed
calls_up      the attempts that are up, by the events of their channels (pure)
looking       what a campaign's decision looks at
staffing      whom a campaign can count on, from the live floor (pure)
awaited       whom a call on its way still needs, of agents who want to pause (pure)
decide        how many calls now, by mode (pure)
lines         how many more calls the campaign, its trunk and its rate allow (pure)
books_read    how far the ledger has read
clock_watch   whether the clock was set
floor_watch   the live floor, followed on the controller's socket
place         reserve, judge again, write down: in this order
sending       each order to Asterisk, at most once
by_hand       leads that agents dial themselves: preview, manual
own_callbacks callbacks that agents promised to make themselves, in the other modes
outcome       facts of the ledger → what became of an attempt (pure)
settle        the same for every attempt whose call is over
finish        when a campaign is over by itself
history       what the pacing starts from after a restart
recover       what a start finds of attempts that were up
store         what the loops read and write; faults: where tests kill
commands      what the page asks of it
"""
