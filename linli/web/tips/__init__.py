"""Anonymous tips: the giver's pages at ``/t/…`` without a sign-in, script or cookie, and the readers' desk."""
