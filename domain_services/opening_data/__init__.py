from domain_services.opening_data.assortment import brands, categories, products
from domain_services.opening_data.opinions import reviews
from domain_services.opening_data.trade import prices, stock, warehouses
