using System.Runtime.InteropServices;

namespace CdcLab.OrderSimulator.Market;

/// <summary>One execution that an order is going to have.</summary>
/// <param name="Quantity">How many shares.</param>
/// <param name="Price">At what price, in won.</param>
/// <param name="After">How long after the step before it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Fill(int Quantity, int Price, TimeSpan After);
