void *shop_open(void);
void shop_serve(void);
