namespace CdcLab.OrderSimulator.Market;

/// <summary>What an order is; written as the database's <c>order_type</c>.</summary>
internal enum OrderSide
{
    Buy,
    Sell,
}
