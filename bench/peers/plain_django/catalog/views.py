from django.views.generic import DetailView, ListView
from rest_framework import viewsets

from catalog.models import Item
from catalog.serializers import ItemSerializer


class ItemListView(ListView):
    model = Item
    paginate_by = 50
    context_object_name = "items"


class ItemDetailView(DetailView):
    model = Item


class ItemViewSet(viewsets.ModelViewSet):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer
