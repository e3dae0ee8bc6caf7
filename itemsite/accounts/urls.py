from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from items.http.methods import allow_methods
from itemsite.accounts.forgotten import forgotten
from itemsite.accounts.invitations import invite, new_link
from itemsite.accounts.links import link
from itemsite.accounts.own import OwnPasswordView, account
from itemsite.accounts.sign_in import SignInView, own_name, sign_in_door, throttled

urlpatterns = [
    path("", account, name="account"),
    path("login/", sign_in_door(SignInView.as_view()), name="login"),
    path("logout/", allow_methods("POST")(LogoutView.as_view()), name="logout"),
    path("password/", login_required(throttled(OwnPasswordView.as_view(), own_name))),
    path("forgotten/", forgotten),
    path("invite/", invite),
    path("invite/<id:pk>/", new_link),
    path("link/<uidb64>/<token>/", link),
]
