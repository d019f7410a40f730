def test_size(postgres):
    from sqlalchemy import create_engine, text
    import time, sys
    sys.path.insert(0, "/work/main/tests/trials")
    from errands import Ground
    g = Ground(postgres, "full", time.time(), speed=86400); g.set_up()
    e = create_engine(postgres)
    with e.connect() as c:
        print("SIZE", c.execute(text("select pg_database_size(current_database())")).scalar())
    e.dispose()
