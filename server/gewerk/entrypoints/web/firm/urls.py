"""Addresses of the contractors' pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.firm import evidence, job_page, jobs, profile, ratings

urlpatterns: list[URLPattern | URLResolver] = [
    path("", profile.home, name="firm_home"),
    path("profile/", profile.edit_profile, name="firm_profile"),
    path("services/", evidence.services, name="firm_services"),
    path("onboarding/", evidence.steps, name="firm_onboarding"),
    path("evidence/", evidence.evidence, name="firm_evidence"),
    path("evidence/new/", evidence.new, name="firm_evidence_new"),
    path("ratings/", ratings.index, name="firm_ratings"),
    path("ratings/appeal/", ratings.appeal_page, name="firm_appeal"),
    path("ratings/<uuid:rating_id>/answer/", ratings.answer, name="firm_answer_rating"),
    path("jobs/", jobs.jobs, name="firm_jobs"),
    path("jobs/<uuid:order_id>/", job_page.job, name="firm_job"),
    path("jobs/<uuid:order_id>/steps/<str:step>/", job_page.take_step, name="firm_job_step"),
    path("jobs/<uuid:order_id>/variation/", job_page.new_variation, name="firm_variation"),
    path("jobs/<uuid:order_id>/files/", job_page.add_files, name="firm_job_files"),
]
