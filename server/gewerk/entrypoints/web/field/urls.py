from django.urls import path

from gewerk.entrypoints.uploads import streamed
from gewerk.entrypoints.web.field import jobs, shell, sync

urlpatterns = [
    path("", shell.app, name="field_app"),
    path("worker.js", shell.worker, name="field_worker"),
    path("app.webmanifest", shell.manifest, name="field_manifest"),
    path("jobs.json", jobs.jobs, name="field_jobs"),
    path("orders/<uuid:order_id>/completions/", sync.begin_capture, name="field_begin"),
    path("completions/<uuid:completion_id>/files/", streamed(sync.add_file), name="field_file"),
    path("completions/<uuid:completion_id>/finish/", sync.finish, name="field_finish"),
]
