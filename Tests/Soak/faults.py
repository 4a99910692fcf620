"""What goes wrong, one thing after the other."""
from faults_of_database import crash_postgres, fill_disk, kill_backend, restart_postgres
from faults_of_network import (cut_clients, cut_off, cut_off_silently, delay_database, half_close_clients,
                               half_close_database, slow_everything, stall_database)
from faults_of_nodes import (kill_after_commit, kill_at_the_200, kill_before_commit, kill_where_pages_wait,
                             rolling_restart)
from world import Fault

POSTGRES, DISK = frozenset({"postgres"}), frozenset({"disk"})

#: In the order of a short run.
ALL = [
    Fault("node killed, pages wait", kill_where_pages_wait),
    Fault("node killed before commit", kill_before_commit),
    Fault("node killed after commit", kill_after_commit, POSTGRES),
    Fault("node killed at the 200", kill_at_the_200),
    Fault("database crashes", crash_postgres, POSTGRES),
    Fault("a backend is killed", kill_backend, POSTGRES),
    Fault("database restarts", restart_postgres, POSTGRES),
    Fault("one node cut off", cut_off, POSTGRES),
    Fault("one node cut off silently", cut_off_silently, POSTGRES),
    Fault("connections half closed", half_close_database, POSTGRES),
    Fault("database does not answer", stall_database, POSTGRES),
    Fault("database 50 to 200 ms away", delay_database, POSTGRES),
    Fault("disk full", fill_disk, DISK),
    Fault("rolling restart", rolling_restart),
    Fault("clients cut off", cut_clients),
    Fault("clients half closed", half_close_clients),
    Fault("everything slow", slow_everything),
]
