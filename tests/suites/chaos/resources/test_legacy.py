# -*- coding: utf-8 -*-
# Moved here from the old repository; the style is that of its day.
import asyncio, random, threading
import pytest

pytestmark = [pytest.mark.chaos, pytest.mark.chaos_resources]

N_WRITERS=6 ; PER_WRITER = 10   # 6 x 10 lines


def test_cpu_steal_costs_some_ticks ():
  "Überlast: der Nachbar stiehlt hin und wieder einen Takt."
  ticks   = 50
  stolen  = 0
  for _ in range( ticks ) :
    if random.random()<0.06: stolen += 1
  percent = 100 * stolen / ticks
  assert (percent <= 24), 'stolen: %d%%' % percent


def test_log_lines_survive_rotation():
    log, guard = [], threading.Lock()
    def write(who):
        for n in range(PER_WRITER):
            with guard: log.append((who, n))
    ts = [threading.Thread(target = write, args = ('w%d' % w,)) for w in range(N_WRITERS)]
    [t.start() for t in ts]; [t.join() for t in ts]
    assert len(log) == N_WRITERS*PER_WRITER, \
        'lines were lost'
    assert len(set(who for who, _ in log)) == 6


def test_swap_in_fails_seldom():
    failed = []
    for page in range(20):
        if random.random() < .05 : failed.append('seite-%d – kaputt' % page)   # “kaputt”
    assert( len(failed)<6 ), "zu viele: ≥ 6 Seiten"


def on_its_own_loop(test):
  "Das konnte pytest damals noch nicht."
  def run(): asyncio.run(test())
  return run


@on_its_own_loop
async def test_pages_come_back_from_the_swap():
    back = []
    async def page_in(page):
        await asyncio.sleep(0)
        back.append(page)
    await asyncio.gather(*[page_in(p) for p in range(30)])
    assert len(back) == 30
